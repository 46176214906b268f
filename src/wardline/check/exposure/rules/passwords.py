"""Passwords and secrets that no provider's format tells: assigned in code and settings, given on command lines.

**Why it matters.** Most credentials that leak have no prefix: a database's password in a settings file, a signing
secret in code, a default that went into production. Whoever reads the repository, its copies or its history has them.

**How it is found.** A name that means a password, a secret or a token, and a value that is written out: no reference to
a variable, no template, mask, hash or sentence. Names that say little count only with a value that a machine has drawn.
A password that is an ordinary word, and what stands in tests and examples, is said with low confidence.

**How to repair it.** Change the password where it is accepted, keep the new one in the vault, and let the program read
it from there when it starts. A value that was only made for a test is better made by the test itself; where it has to
stay, suppress the finding with a reason.

**Source.** CWE-798, CWE-259; RFC 3986 §3.2.1 and RFC 7617 for addresses and headers.
"""

PROVIDER = "Passwords and secrets"
TITLE = "Passwords and secrets without a format of their own"
REPAIR = "change it where it is accepted, keep the new one in the vault, and read it from there at run time"

RULES = (
    {
        "id": "password-in-code",
        "title": "A password or secret as a literal",
        "pattern": (
            r"(?P<name>(?i:passw(?:or)?d|passphrase|passwd|pwd|passcode|pass|psw|secret|credential|"
            r"token|api[_-]?key|apikey|access[_-]?key|auth[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|"
            r"master[_-]?key|secret[_-]?key|app[_-]?key|account[_-]?key|authkey|key[_-]?auth|bearer)[A-Za-z0-9_-]{0,30})"
            r"[\\\"'\]]{0,4}[ \t]{0,12}(?::[ \t]{0,4}(?:str|string|String|Text|&str|&'static str|const char \*)"
            r"[ \t]{0,4}=|=>|:=|===?|[=:]|!=)[ \t]{0,8}(?:[bBruUfL@]{0,2}|new )\\{0,3}[\"'`]"
            r"(?P<secret>[^\"'`\n]{3,200})[\"'`]"
        ),
        "keywords": (
            "passw",
            "passphrase",
            "pwd",
            "passcode",
            "pass",
            "psw",
            "secret",
            "credential",
            "token",
            "key",
            "bearer",
        ),
        "model": "passwords",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            ("db_password = '<secret>'", "[a-z]{4}[0-9]{3}[A-Z]{3}!"),
            ('"clientSecret": "<secret>"', "[a-f0-9]{40}"),
            ("const apiKey = '<secret>';", "[A-Za-z0-9]{16}7fQ2"),
        ),
        "quiet": (
            'password = os.environ["DB_PASSWORD"]',
            "password: '${DB_PASSWORD}'",
            'password_field = "user-password"',
            'label = { password: "Please enter your password" }',
            "token = 'Bearer'",
            "api_key = 'YOUR_API_KEY'",
            'password: "********"',
        ),
    },
    {
        "id": "password-in-settings",
        "title": "A password or secret in a settings file",
        "pattern": (
            r"^[ \t]{0,40}(?:-[ \t]{1,4}|export[ \t]+|ENV[ \t]+|ARG[ \t]+|set[ \t]+|#[ \t]{0,4}|//[ \t]{0,4})?"
            r"(?P<name>[A-Za-z0-9_.-]{0,60}(?i:passw(?:or)?d|passphrase|passwd|pwd|pass|secret|token|api[_-]?key|"
            r"access[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?key|encryption[_-]?key)[A-Za-z0-9_.-]{0,30})"
            r"[ \t]{0,20}[=:][ \t]{0,20}(?P<secret>[^\"'` \t\r\n#;,<>][^\"'` \t\r\n;,<>]{2,199})"
            r"[ \t]{0,20}(?:\\|;|#[^\n]{0,200})?\r?$"
        ),
        "keywords": ("passw", "passphrase", "pwd", "pass", "secret", "token", "key"),
        "model": "settings",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            ("DB_PASSWORD=<secret>", "[a-z]{4}[0-9]{3}[A-Z]{3}!"),
            ("  client_secret: <secret>", "[a-f0-9]{40}"),
        ),
        "quiet": ("password: ${DB_PASSWORD}", "password: !vault", "password = self.password", "PASSWORD_MIN_LENGTH=12"),
    },
    {
        "id": "password-on-command-line",
        "title": "A password on a command line",
        "pattern": (
            r"(?:[ \t\"'\[]--?|[ \t\"']-[eE][ \t]{0,4})(?P<name>[A-Za-z0-9_-]{0,40}"
            r"(?i:passw(?:or)?d|passwd|passphrase|pass|"
            r"secret|token|api-?key)[A-Za-z0-9_-]{0,20})(?:=|[ \t]{1,4}|[\"'],[ \t]{0,4})[\"']?"
            r"(?P<secret>[^\"'` \t\r\n;,<>|&()\\-][^\"'` \t\r\n;,<>|&()\\]{2,99})"
        ),
        "keywords": ("pass", "secret", "token", "api"),
        "model": "passwords",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            ("docker run -e MYSQL_ROOT_PASSWORD=<secret> mysql", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
            ("mysqldump --user=root --password=<secret> shop", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
        ),
        "quiet": ("mysql --password=$MYSQL_PASSWORD", "login --password-stdin --username ci", "tool --token <token>"),
    },
    {
        "id": "password-in-markup",
        "title": "A password in an element",
        "pattern": (
            r"<(?P<name>[A-Za-z0-9_.:-]{0,40}(?i:passw(?:or)?d|passwd|passphrase|secret|token|api-?key)[A-Za-z0-9_-]{0,10})>"
            r"(?P<secret>[^<>\n]{3,200})</"
        ),
        "keywords": ("passw", "passphrase", "secret", "token", "api"),
        "model": "passwords",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (("<password><secret></password>", "[a-z]{4}[0-9]{3}[A-Z]{3}"),),
        "quiet": ("<password>${db.password}</password>", "<password>Enter the password</password>"),
    },
    {
        "id": "password-in-url",
        "title": "A password in an address",
        "pattern": (
            r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<name>[^:/@ \t\r\n\"'<>?#]{0,60}):"
            r"(?P<secret>[^:/@ \t\r\n\"'<>?#\\][^@ \t\r\n\"'<>\\/]{2,100})@[A-Za-z0-9\[{$(%_-]"
        ),
        "keywords": ("://",),
        "model": "urls",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            ("DATABASE_URL=postgres://shop:<secret>@db.internal:5432/shop", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
            ("redis://:<secret>@cache:6379/0", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
        ),
        "quiet": (
            "postgres://user:password@localhost/db",
            "https://${USER}:${TOKEN}@git.internal/x.git",
            "http://host:8080/a@b",
        ),
    },
    {
        "id": "password-in-header",
        "title": "A password in an Authorization header",
        "pattern": r"(?i:basic)[ \t]{1,4}(?P<secret>[A-Za-z0-9+/]{8,200}={0,2})",
        "keywords": ("basic",),
        "model": "headers",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (("Authorization: Basic <secret>", "dXNlcjpz(?:[Q-Za-f][C-HS-X][BFJNRVZdhlptx][A-Za-z0-9]){3}"),),
        "quiet": ("the basic authentication of clients", "Basic information"),
    },
    {
        "id": "password-in-connection-string",
        "title": "A password in a connection string",
        "pattern": (
            r"(?i:(?:^|[;\"' \t])(?P<name>password|pwd)[ \t]{0,4}=[ \t]{0,4})"
            r"(?P<secret>[^;\"'\r\n$%{<]{3,100}?)[ \t]{0,4}[;\"']"
        ),
        "near": ("server=", "data source=", "host=", "user id=", "uid=", "initial catalog=", "user="),
        "seek": "pattern",
        "model": "passwords",
        "severity": "high",
        "confidence": "high",
        "binary": False,
        "fires": (("Server=db;Database=shop;User Id=shop;Password=<secret>;", "[a-z]{4}[0-9]{3}[A-Z]{3}!"),),
        "quiet": ("Server=db;Password={0};User Id=sa;",),
    },
    {
        "id": "password-in-sql",
        "title": "A password in a statement to a database",
        "pattern": (
            r"(?P<name>IDENTIFIED[ \t]{1,4}(?:(?i:with)[ \t]{1,4}[A-Za-z_0-9]{1,40}[ \t]{1,4})?(?:BY|AS)"
            r"(?:[ \t]{1,4}PASSWORD)?|(?i:(?:with|encrypted|login)[ \t]{1,4}password|"
            r"set[ \t]{1,4}password[^=\n]{0,80}=))"
            r"[ \t]{0,4}[=]?[ \t]{0,4}(?i:password\()?N?['\"](?P<secret>[^'\"\n]{3,100})['\"]"
        ),
        "keywords": ("identified", "password"),
        "model": "statements",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            ("CREATE USER 'shop'@'%' IDENTIFIED BY '<secret>';", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
            ("ALTER ROLE shop WITH PASSWORD '<secret>';", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
        ),
        "quiet": ("CREATE USER shop IDENTIFIED BY '${PASSWORD}'", "ALTER USER shop WITH PASSWORD 'password'"),
    },
    {
        "id": "password-of-request",
        "title": "A user's password given to curl or PowerShell",
        "pattern": (
            r"(?:\bcurl[ \t][^\n]{0,300}?[ \t](?:-u|--user)[ \t=]{0,3}[\"']?(?P<name>[A-Za-z0-9_.@-]{1,60}):"
            r"|ConvertTo-SecureString[ \t]{1,4}(?:-String[ \t]{1,4})?[\"'])"
            r"(?P<secret>[^\"'` \t\r\n$<({\[][^\"'` \t\r\n]{2,99})"
        ),
        "keywords": ("curl", "convertto-securestring"),
        "model": "statements",
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            ("curl -s -u ci:<secret> https://repo.internal/", "[a-z]{4}[0-9]{3}[A-Z]{3}"),
            ('$p = ConvertTo-SecureString "<secret>" -AsPlainText -Force', "[a-z]{4}[0-9]{3}[A-Z]{3}"),
        ),
        "quiet": ("curl -u user:password https://repo.internal/", "curl -u $USER:$TOKEN https://repo.internal/"),
    },
)
