import shutil
import subprocess

import pytest
from tests.check.dependencies.lockfiles.strangers import FIXTURES, alone, answered, names, source

from wardline.check.dependencies.lockfiles import gemfile_lock

LOCK = """GIT
  remote: https://registry.example/forked.git
  revision: 0123456789abcdef
  branch: main
  specs:
    forked (1.2.0)
      rack (>= 1)

GEM
  remote: https://registry.example/
  specs:
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    nokogiri (1.15.0-java)
    nokogiri (1.15.0)
      mini_portile2 (~> 2.8.2)
    mini_portile2 (2.8.2)
    racc (1.6.2)
    rack (2.2.7)
    rake (13.0.6)
    solargraph (0.40.0)
      bundler (>= 1.17.2)

PLATFORMS
  java
  ruby
  x86_64-linux

DEPENDENCIES
  forked!
  nokogiri (~> 1.15)
  rake
  solargraph

CHECKSUMS
  rack (2.2.7) sha256=0123

RUBY VERSION
   ruby 3.2.2p53

BUNDLED WITH
   2.4.10
"""


def _read(text=LOCK, name="Gemfile.lock", **neighbours):
    lockfile = answered(gemfile_lock, alone(name, text, **neighbours))
    assert lockfile is not None
    return lockfile


def _groups(lockfile):
    return {package.name: package.groups for package in lockfile.packages}


def test_bundlers_own_lockfile_is_read_with_groups_and_what_the_projects_own_gem_needs():
    lockfile = answered(gemfile_lock, source("gemfile-lock/valid-bundler/Gemfile.lock"))
    by_name = {package.name: package for package in lockfile.packages}
    assert len(by_name) == 18
    assert "engine" not in by_name  # from a PATH
    assert by_name["addressable"].direct is True
    assert by_name["public_suffix"][3:5] == ((), False)
    assert by_name["rspec-core"][3:5] == (("development", "test"), False)
    assert by_name["rake"].groups == ("test",)
    assert not lockfile.unread


@pytest.mark.native
@pytest.mark.skipif(shutil.which("ruby") is None, reason="ruby is not installed")
def test_it_names_what_bundlers_own_parser_names():
    folder = FIXTURES / "gemfile-lock/valid-bundler"
    script = (
        'require "bundler"; parsed = Bundler::LockfileParser.new(File.read("Gemfile.lock"));'
        'parsed.specs.each { |spec| puts [spec.name, spec.version].join(" ") }'
    )
    told = subprocess.run(["ruby", "-e", script], cwd=folder, capture_output=True, text=True, check=True)
    wanted = {("RubyGems", *line.split(" ")) for line in told.stdout.splitlines()} - {("RubyGems", "engine", "0.1.0")}
    assert names(answered(gemfile_lock, source("gemfile-lock/valid-bundler/Gemfile.lock"))) == wanted


def test_platforms_are_one_package_and_bundler_counts_where_a_gem_asks_for_it():
    lockfile = _read()
    assert {(name, version) for _, name, version in names(lockfile)} == {
        ("forked", "1.2.0"),
        ("nokogiri", "1.15.0"),
        ("mini_portile2", "2.8.2"),
        ("racc", "1.6.2"),
        ("rack", "2.2.7"),
        ("rake", "13.0.6"),
        ("solargraph", "0.40.0"),
        ("bundler", "2.4.10"),
    }
    at = {package.name: line for package, line in zip(lockfile.packages, lockfile.lines(), strict=True)}
    assert at["nokogiri"] == 12
    assert at["bundler"] == LOCK.splitlines().index("   2.4.10") + 1
    graph = lockfile.graph()
    needs = [lockfile.packages[number].name for number in graph.edges[1]]
    assert needs == ["racc", "mini_portile2"]
    assert {lockfile.packages[number].name for number in graph.roots} == {"forked", "nokogiri", "rake", "solargraph"}


@pytest.mark.parametrize(
    "gemfile",
    [
        'group :development, "test" do\n  gem "rake"\nend\n',
        'gem "rake", groups: [:development, :test]\n',
        "gem 'rake', '~> 13',\n  :group => %i[development test]\n",
        'group(:development) do\n  platforms :ruby do\n    gem("rake", group: :test)\n  end\nend\n',
    ],
)
def test_groups_are_taken_where_the_gemfile_says_them_plainly(gemfile):
    assert _groups(_read(Gemfile=gemfile))["rake"] == ("development", "test")


@pytest.mark.parametrize(
    "gemfile",
    [
        'gem "rake"\ngroup :test do\n  gem "rake"\nend\n',
        "group :test do\n  gem name\nend\n",
        'gem "rake", group: GROUPS\n',
        'group :test do\n  gem "rake"\n',
        'gem "rake", groups: [:test, :default]\n',
        'group(*LIST) do\n  gem "rake"\nend\n',
        '# gem "rake", group: :test\n',
        "\xff",
    ],
)
def test_a_gem_that_is_named_in_any_other_way_is_productions(gemfile):
    assert _groups(_read(Gemfile=gemfile.encode("latin-1")))["rake"] == ()


def test_gems_locked_has_its_groups_in_gems_rb():
    assert _groups(_read(name="gems.locked", gems_dot_rb='gem "rake", group: :test\n'))["rake"] == ("test",)


def test_a_gem_for_other_platforms_may_be_missing_and_any_other_is_said_to_be():
    text = LOCK.replace("  rake\n", "  rake\n  tzinfo-data\n  lost\n")
    lockfile = _read(text, Gemfile='gem "lost"\ngem "tzinfo-data", platforms: [:windows]\n')
    assert [part.reason for part in lockfile.unread] == ["lost: is needed and not in the lockfile"]
    inside = _read(text, Gemfile='platforms :mingw do\n  gem "tzinfo-data"\n  gem "lost"\nend\n')
    assert not inside.unread


def test_a_need_that_is_not_locked_is_said_once():
    lockfile = _read(LOCK.replace("    racc (1.6.2)\n", ""))
    assert [part.reason for part in lockfile.unread] == ["racc: is needed and not in the lockfile"]
    without = _read(LOCK.partition("BUNDLED")[0])
    assert [part.reason[:8] for part in without.unread] == ["bundler:"]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (LOCK.replace("PLATFORMS", "SOMETHING"), 24),
        (LOCK.replace("    racc (1.6.2)", "    racc ()"), 18),
        (LOCK.replace("  specs:\n    nokogiri (1.15.0-x86_64-linux)", "  specs:"), 12),
        ("<<<<<<< HEAD\n" + LOCK, None),
        ("GEM\n  remote: x\n", None),
    ],
)
def test_a_broken_lockfile_is_refused_with_its_line(changed, line):
    with pytest.raises(gemfile_lock.LockfileError) as refused:
        gemfile_lock.read(alone("Gemfile.lock", changed))
    assert refused.value.line == line
