"""RFC 9162 §2.1, against the known answers of Certificate Transparency and the definition written down again."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel import merkle
from wardline.kernel.merkle import EMPTY_ROOT, leaf_hash, node_hash

# The entries, roots and proofs that Certificate Transparency's implementations test themselves with.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = {
    (0, 1): [],
    (0, 2): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
    (1, 2): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}


class Stored:
    """A tree whose complete subtrees are kept, and the reading of each one counted."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.hashes = {}
        self.reads = 0
        self.tree = merkle.Tree()
        for leaf in leaves:
            self.tree.append(leaf, lambda level, position, digest: self.hashes.update({(level, position): digest}))

    def __call__(self, level, position):
        self.reads += 1
        return self.hashes[level, position]


def by_definition(leaves):
    """MTH of RFC 9162 §2.1.1, of leaf hashes, as it is written there."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


LEAVES = [leaf_hash(entry) for entry in ENTRIES]
KNOWN = Stored(LEAVES)


def test_the_empty_tree_has_the_hash_of_nothing():
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_known_ones(size):
    assert merkle.root(LEAVES[:size]) == ROOTS[size - 1]
    assert merkle.root_at(size, KNOWN) == ROOTS[size - 1]


@pytest.mark.parametrize(("number", "size"), INCLUSION)
def test_proofs_of_inclusion_are_the_known_ones(number, size):
    proof = merkle.inclusion(number, size, KNOWN)
    assert [digest.hex() for digest in proof] == INCLUSION[number, size]
    assert merkle.verify_inclusion(LEAVES[number], number, size, proof, ROOTS[size - 1])


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_proofs_of_consistency_are_the_known_ones(first, second):
    proof = merkle.consistency(first, second, KNOWN)
    assert [digest.hex() for digest in proof] == CONSISTENCY[first, second]
    assert merkle.verify_consistency(first, second, proof, ROOTS[first - 1], ROOTS[second - 1])


SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


@pytest.mark.parametrize(("number", "size"), [key for key in INCLUSION if key != (0, 1)])
def test_no_corrupted_proof_of_inclusion_is_one(number, size):
    leaf, root = LEAVES[number], ROOTS[size - 1]
    proof = [bytes.fromhex(text) for text in INCLUSION[number, size]]
    wrong = [
        (leaf, number - 1, size, proof, root),
        (leaf, number + 1, size, proof, root),
        (leaf, number ^ 2, size, proof, root),
        (leaf, number, size * 2, proof, root),
        (leaf, number, size // 2, proof, root),
        (SOME, number, size, proof, root),
        (b"short", number, size, proof, root),
        (leaf, number, size, proof, EMPTY_ROOT),
        (leaf, number, size, proof, b""),
        (leaf, number, size, [*proof, b""], root),
        (leaf, number, size, [*proof, root], root),
        (leaf, number, size, [b"", *proof], root),
        (leaf, number, size, [root, *proof], root),
        (leaf, number, size, proof[:-1], root),
        (leaf, number, size, [proof[0], SOME, *proof[1:]], root),
    ]
    for at, digest in enumerate(proof):
        wrong.append((leaf, number, size, [*proof[:at], bytes([digest[0] ^ 8]) + digest[1:], *proof[at + 1 :]], root))
    assert [probe for probe in wrong if merkle.verify_inclusion(*probe)] == []


@pytest.mark.parametrize(("first", "second"), [key for key in CONSISTENCY if key != (1, 1)])
def test_no_corrupted_proof_of_consistency_is_one(first, second):
    roots = ROOTS[first - 1], ROOTS[second - 1]
    proof = [bytes.fromhex(text) for text in CONSISTENCY[first, second]]
    wrong = [
        (first - 1, second, proof, *roots),
        (first + 1, second, proof, *roots),
        (first ^ 2, second, proof, *roots),
        (first, second * 2, proof, *roots),
        (first, second // 2, proof, *roots),
        (first, second, proof, b"wrong", roots[1]),
        (first, second, proof, roots[0], b"wrong"),
        (first, second, proof, *reversed(roots)),
        (first, second, [], *roots),
        (first, second, proof[:-1], *roots),
    ]
    for extra in (b"", *roots, proof[0]):
        wrong += [(first, second, [*proof, extra], *roots), (first, second, [extra, *proof], *roots)]
    for at, digest in enumerate(proof):
        changed = bytes([digest[0] ^ 16]) + digest[1:]
        wrong.append((first, second, [*proof[:at], changed, *proof[at + 1 :]], *roots))
    assert [probe for probe in wrong if merkle.verify_consistency(*probe)] == []


@pytest.mark.parametrize(
    ("first", "second", "proof", "roots", "expected"),
    [
        (0, 0, [], (EMPTY_ROOT, EMPTY_ROOT), True),
        (0, 5, [], (EMPTY_ROOT, ROOTS[4]), True),
        (0, 5, [], (SOME, ROOTS[4]), False),
        (0, 0, [], (EMPTY_ROOT, SOME), False),
        (0, 1, [EMPTY_ROOT], (EMPTY_ROOT, ROOTS[0]), False),
        (1, 1, [], (SOME, SOME), True),
        (1, 1, [], (SOME, EMPTY_ROOT), False),
        (1, 1, [SOME], (SOME, SOME), False),
        (2, 1, [], (ROOTS[1], ROOTS[0]), False),
        (-1, 1, [], (SOME, SOME), False),
    ],
)
def test_trees_that_are_empty_or_the_same_need_no_proof(first, second, proof, roots, expected):
    assert merkle.verify_consistency(first, second, proof, *roots) is expected


def test_proofs_from_strangers_are_bounded():
    assert not merkle.verify_inclusion(SOME, 0, 2**2000, [SOME] * 1990, SOME)
    assert not merkle.verify_consistency(1, 2**2000, [SOME] * 2000, SOME, SOME)


@pytest.mark.parametrize(("number", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_there_is_no_proof_of_an_event_that_is_not_there(number, size):
    with pytest.raises(ValueError, match="no such entry"):
        merkle.inclusion(number, size, KNOWN)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 2)])
def test_there_is_no_proof_between_trees_in_the_wrong_order(first, second):
    with pytest.raises(ValueError, match="at least as large"):
        merkle.consistency(first, second, KNOWN)


def test_a_tree_is_not_continued_from_peaks_that_are_not_its_own():
    with pytest.raises(ValueError, match="as many peaks"):
        merkle.Tree(3, [SOME])


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.data())
def test_every_size_agrees_with_the_definition(size, data):
    leaves = [leaf_hash(number.to_bytes(2)) for number in range(size)]
    stored = Stored(leaves)
    root = by_definition(leaves)
    assert stored.tree.root() == root
    cut = data.draw(st.integers(0, size))
    resumed = merkle.Tree(cut, merkle.peaks(cut, stored))
    for leaf in leaves[cut:]:
        resumed.append(leaf)
    assert (resumed.size, resumed.peaks, resumed.root()) == (size, stored.tree.peaks, root)
    number = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(number, size, stored)
    assert merkle.verify_inclusion(leaves[number], number, size, proof, root)
    other = data.draw(st.integers(0, size - 1))
    assert merkle.verify_inclusion(leaves[other], number, size, proof, root) == (other == number)
    first = data.draw(st.integers(1, size))
    earlier = by_definition(leaves[:first])
    proof = merkle.consistency(first, size, stored)
    assert merkle.verify_consistency(first, size, proof, earlier, root)
    forked = by_definition([*leaves[: first - 1], SOME])
    assert not merkle.verify_consistency(first, size, proof, forked, root)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2**20), st.data())
def test_a_proof_reads_few_hashes(size, data):
    reads = []

    def read(level, position):
        assert (position + 1) << level <= size, "only complete subtrees are stored"
        reads.append((level, position))
        return SOME

    number = data.draw(st.integers(0, size - 1))
    merkle.inclusion(number, size, read)
    assert len(reads) <= 2 * size.bit_length()
    reads.clear()
    merkle.consistency(number + 1, size, read)
    assert len(reads) <= 2 * size.bit_length() + 1
