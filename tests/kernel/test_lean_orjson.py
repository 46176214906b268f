"""orjson without the modules of the types that a quick check never gives it."""

import subprocess
import sys

BEGIN = "import sys\nfrom wardline.kernel import lean_orjson\nlean_orjson.load()\nimport orjson\n"


def said_by(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_reads_and_writes_as_ever() -> None:
    document = b'{"a":[1,2.5,null,true,"\xc3\xa9"],"b":{"c":[]}}'
    assert said_by(f"{BEGIN}print(orjson.dumps(orjson.loads({document!r})) == {document!r})") == "True"


def test_its_errors_are_its_own() -> None:
    program = f"{BEGIN}try: orjson.loads(b'[1,')\nexcept orjson.JSONDecodeError as error: print(error.lineno)"
    assert said_by(program) == "1"


def test_none_of_what_it_would_bring_is_loaded() -> None:
    heavy = "{'dataclasses', 'uuid', 'inspect', 'ast', 'tokenize', 'platform'}"
    assert said_by(f"{BEGIN}print(sorted({heavy} & set(sys.modules)))") == "[]"
    plain = "import sys, orjson\n"
    assert said_by(f"{plain}print(sorted({heavy} & set(sys.modules)))") != "[]"


def test_both_modules_are_the_real_ones_for_whoever_comes_later() -> None:
    program = (
        f"{BEGIN}import dataclasses, uuid\n"
        "print(dataclasses.fields(dataclasses.make_dataclass('P', ['x']))[0].name, uuid.UUID(int=1).int)"
    )
    assert said_by(program) == "x 1"


def test_what_it_was_not_given_is_refused_and_not_misread() -> None:
    program = f"{BEGIN}import uuid\ntry: orjson.dumps(uuid.UUID(int=1))\nexcept TypeError as error: print('refused')"
    assert said_by(program) == "refused"


def test_a_version_of_it_that_asks_for_more_gets_the_real_module() -> None:
    program = (
        "import sys\nfrom wardline.kernel import lean_orjson\n"
        "instead = lean_orjson._Instead('uuid')\nsys.modules['uuid'] = instead\n"
        "print(instead.uuid4().version, sys.modules['uuid'] is not instead)"
    )
    assert said_by(program) == "4 True"


def test_where_it_is_loaded_already_nothing_changes() -> None:
    program = (
        "import orjson, uuid\nfrom wardline.kernel import lean_orjson\nlean_orjson.load()\n"
        "print(orjson.dumps(uuid.UUID(int=1)).decode())"
    )
    assert said_by(program) == '"00000000-0000-0000-0000-000000000001"'
