"""Whether what is assigned to something called a password, a secret or a token is one.

No format tells. What tells is the name (a `password_field` holds none), what kind of text the value is (a reference, a
template, a sentence, a hash and a mask are none), and for names that say little (`token`, `key`) whether the value was
drawn by a machine. A password that is only a word is still a password where it is assigned as one, and is said with
low confidence; so is everything in tests and examples, where it may have been made for them.
"""

import re
from typing import Final

from wardline.check.exposure.model import Candidate
from wardline.check.exposure.models.words import random, wordlike
from wardline.check.exposure.placeholders import repetitive
from wardline.findings.report import Confidence

_PASSWORD: Final = re.compile(
    rb"passw(?:or)?d|passwd|passphrase|pwd|passcode|psw|(?:^|[_-])pw(?:$|[0-9_-])|(?<!by)(?<!com)(?<!sur)(?<!ask)(?<!mini)pass[0-9]{0,2}$"
)
_TERNARY: Final = re.compile(rb"\?[ \t(]*[\"'][^\"']*[\"'][ \t]*:[ \t]*[\"']$")
_SECRET: Final = re.compile(rb"secret|credential")
_TOLD_BY: Final = re.compile(  # a name that goes on like this is about a password, and is none
    rb"(?:field|label|hash(?:ed)?|digest|reset|length|len|min|max|policy|file(?:name)?|tooltip|within|after|before|until|path|dir|url|uri|prompt|hint|help|"
    rb"placeholder|messages?|msg|errors?|err|regex|regexp|pattern|type|names?|expir[a-z]*|strength|changed?|validat[a-z]*|"
    rb"valid|invalid|title|text|description|desc|link|button|btn|input|form|view|page|screen|route|endpoint|template|tpl|"
    rb"class|selector|xpath|id|ids|column|col|attr(?:ibute)?|param(?:eter)?|property|prop|header|prefix|suffix|format|"
    rb"encod(?:er|ing)|algorithm|alg|rounds|cost|ttl|lifetime|age|count|size|enabled?|required|support(?:ed)?|grant|"
    rb"manager|store|storage|service|provider|generator|lookup|arn|ref|reference|version|scope|method|mode|source|"
    rb"owner|status|event|action|command|cmd|subject|success|failed|failure|request|response|info|env|var|variable)[_-]?[0-9]?$"
)
_TOLD_FIRST: Final = re.compile(
    rb"^(?:label|title|hide|show|forgot|enter|invalid|error|msg|text|is|has|can|should|no|use|with|without)[_-]|public"
)
_NOTHING: Final = frozenset(
    b"none null nil nul undefined true false yes no on off string str int bool boolean object text varchar any void "
    b"unknown required optional empty default auto disabled enabled hidden input field password: new_password number "
    b"n/a na tbd todo env local generated random md5 sha1 sha256 plain plaintext bcrypt self this file basic bearer "
    b"masked encrypted redacted visible char type prompt ask changed invalid missing".split()
)
# What everybody writes where a password is only shown. As a default in settings it is a password all the same.
_TRIVIAL: Final = frozenset(
    b"password passwd passw0rd pass pwd secret mysecret mypassword admin administrator root user username test testing "
    b"tester guest demo default login qwerty letmein foo bar baz foobar hello hunter2 abc abcd abc123 123 1234 12345 "
    b"123456 1234567 12345678 123456789 1234567890 password1 password2 password123 test123 admin123 pass123 token key "
    b"asdf asdfasdf abcdef doe john value somepassword newpassword oldpassword wrong wrongpassword badpassword".split()
)
_SHORTEST: Final = 5
_REFERENCE: Final = re.compile(
    rb"^npm:|^[~^<>=v]{1,2} ?[0-9]+\.|^[0-9]+\.[0-9]+\.[0-9]+$|"
    rb"^[$@&*!#%]?[({\[<]|^\$[A-Za-z_(]|\$\{|\{\{|%\{|#\{|<%|^%[A-Za-z_(]|%s|%d|^\{[^}]*\}$|^<[^>]*>$|^\[[^\]]*\]$|^@[a-z_]+@$|"
    rb"process\.env|os\.environ|getenv|ENV\[|^env\.|^vault:|^ref\+|^arn:|^!|^secretref|^ssm:|^op://|^sops|^ENC\[|^enc:|"
    rb"^\{(?:CRYPT|SSHA|SHA|MD5|bcrypt|noop|cipher)|^\$(?:2[abxy]?|1|5|6|argon2[a-z]*|pbkdf2[a-z0-9-]*|scrypt|y|apr1)\$|"
    rb"^(?:pbkdf2_|bcrypt|argon2|sha(?:1|256|512))[:$_]"
)
_PLACE: Final = re.compile(
    rb"^(?:\.{0,2}/|~/|[A-Za-z]:\\|https?://|file:|s3:|gs:|[a-z]+://[^:@]*$)|\.(?:ya?ml|json|txt|pem|key|crt|cer|pub|conf|cfg|"
    rb"ini|env|xml|html?|php|jsp|py|js|ts|go|rb|css|md|asc|p12|pfx|jks|enc|com|org|net|io)$"
)
_CODE: Final = re.compile(
    rb"[()\[\]{};]|=>|->|::|\|\||&&|\+\+?[ ]|==|^(?:self|this|config|settings|options|opts|params?|args?|req|request|"
    rb"user|data|props|state|event|ctx|context|app|cfg|conf|env|process|os)\.[A-Za-z_]|^[A-Za-z_]+\.[A-Za-z_]+\.[A-Za-z_.]+$"
)
_EXPRESSION: Final = re.compile(rb"\\[dwsbWDS]|\[[^\]]*-[^\]]*\]|\(\?|\.\*|\.\+|^\^|\{[0-9]+,[0-9]*\}")
_SELECTOR: Final = re.compile(rb"^[#.][A-Za-z][A-Za-z_-]*$|^input\[|^//|^\*")
_YOURS: Final = re.compile(
    rb"your|example|placeholder|replace|insert|change[-_ ]?(?:me|this)|xxx+|\.\.\.|\*\*|<.*>|enter[-_ ]|redacted|dummy|"
    rb"to[-_]?be[-_]|fill[-_]|todo|fixme|specify|todo"
)
_NAMES_A_KEY: Final = re.compile(
    rb"^[A-Za-z]+(?:[_.:-][A-Za-z0-9]+)+$|^[a-z]+(?:[A-Z][a-z0-9]+)+$|^(?:[A-Z][a-z0-9]+){2,}$|^[A-Z_]{4,}$"
)
_ABOUT: Final = re.compile(rb"passw|passphrase|secret|token|credential|auth|key", re.IGNORECASE)
_TEST: Final = re.compile(
    r"(?:^|[/_.-])(?:tests?|testing|specs?|mocks?|fixtures?|examples?|samples?|demos?|e2e|stubs?|testdata|__tests__|docs?)"
    r"(?:[/_.-]|$)|Tests?\.[a-z]+$|\.(?:md|rst|adoc)$",
    re.IGNORECASE,
)
_SPOKEN: Final = re.compile(
    r"(?:^|[/_.-])(?:locales?|i18n|l10n|lang(?:uages?)?|translations?|messages)(?:[/_.-]|$)|\.(?:po|pot|resx|strings|arb)$",
    re.IGNORECASE,
)
_MAX_LENGTH: Final = 200


def judge(candidate: Candidate) -> Confidence | None:
    """Return how sure it is that the value is a password or a secret, or None where it is not taken for one."""
    value, name = candidate.value.strip(), candidate.name.lower()
    if not 3 <= len(value) <= _MAX_LENGTH or _TOLD_BY.search(name) or _TOLD_FIRST.search(name):
        return None
    if not _a_value(value, candidate):
        return None
    if _PASSWORD.search(name):
        return _confidence(candidate, value) if _a_password(value, candidate) else None
    if _SECRET.search(name):
        return _confidence(candidate, value) if _a_secret(value) else None
    return _confidence(candidate, value) if random(value) and len(value) >= 16 and not _names_a_key(value) else None


def trivial(value: bytes) -> bool:
    """Return whether a value is what everybody writes where a password is only shown, or too short to be one."""
    return value.lower().replace(b"_", b"").replace(b"-", b"") in _TRIVIAL or len(value) < _SHORTEST


def _a_value(value: bytes, candidate: Candidate) -> bool:
    """Return whether the text could be any credential at all."""
    lowered = value.lower()
    if lowered in _NOTHING or _YOURS.search(lowered) or repetitive(lowered) or max(value) > 126 or min(value) < 32:
        return False
    if _REFERENCE.search(value) or _PLACE.search(lowered) or _EXPRESSION.search(value) or _SELECTOR.search(value):
        return False
    if value.count(b" ") > 1 or value[-1:] in b":?," or (b" " in value and wordlike(value)):
        return False
    return not (_SPOKEN.search(candidate.path) and not random(value))


def _a_password(value: bytes, candidate: Candidate) -> bool:
    if (_CODE.search(value) and wordlike(value)) or _TERNARY.search(candidate.before):
        return False
    plain = value.lower().replace(b"_", b"").replace(b"-", b"")
    if trivial(value) and (candidate.quoted or _TEST.search(candidate.path)):
        return False
    if not any(97 <= byte <= 122 or 65 <= byte <= 90 or 48 <= byte <= 57 for byte in value):
        return False
    if plain == candidate.name.lower().replace(b"_", b"").replace(b"-", b"").rpartition(b".")[2]:
        return False
    return not (_names_a_key(value) and _ABOUT.search(value))


def _a_secret(value: bytes) -> bool:
    if _CODE.search(value.rstrip(b"=")) or _names_a_key(value):  # base64 ends so
        return False
    if value.lower() in _TRIVIAL:
        return False
    return random(value) or (len(value) >= 6 and b" " not in value and not _ABOUT.search(value))


def _names_a_key(value: bytes) -> bool:
    """Return whether the value reads like the name of a setting, a variable or a message; those have no digits."""
    if any(48 <= byte <= 57 for byte in value):
        return False
    return bool(_NAMES_A_KEY.search(value)) and wordlike(value)


def _confidence(candidate: Candidate, value: bytes) -> Confidence:
    if _TEST.search(candidate.path):
        return "low"
    if random(value):
        return "high"
    return "medium" if not value.isalpha() else "low"
