"""Private keys in PEM, OpenSSH's, OpenPGP's and PuTTY's formats.

**Why it matters.** Whoever holds a private key is its owner: logs in, signs, decrypts what was recorded, or serves a
site in its name. What was once pushed has to be taken for copied.

**How it is found.** By the first line of the format and the base64 below it (also in one line of JSON or source code,
with written line ends). A key that is encrypted with a passphrase is a finding of its own, less severe: the
passphrase can be guessed at leisure.

**How to repair it.** Make a new key pair, replace the public key everywhere (authorized_keys, certificates: have them
revoked), and keep the new private key where it is used, or in the vault.

**Source.** RFC 7468 (PEM), RFC 5958 (PKCS #8), OpenSSH `PROTOCOL.key`, RFC 9580 (OpenPGP), PuTTY manual, "PPK file
format".
"""

PROVIDER = "Private keys"
TITLE = "Private keys"
REPAIR = "make a new key pair, replace or revoke the public part everywhere, and keep the private part in the vault"

RULES = (
    {
        "id": "private-key",
        "title": "A private key",
        "pattern": (
            r'-----BEGIN[ ](?:(?:RSA|EC|DSA|OPENSSH|ANY|SSH2)[ ])?PRIVATE[ ]KEY-----[ \t"\x27+,]{0,20}'
            r'(?:\r?\n|\\{1,4}r?\\{0,4}n?n|\\{1,4}n)[ \t"\x27+,#*/]{0,40}(?P<secret>[A-Za-z0-9+/=]{16,76})'
        ),
        "keywords": ("private key-----",),
        "validators": ("pem",),
        "allow": (r"b3BlbnNzaC1rZXktdjEAAAAA[C-Z](?:.|\n)*",),  # OpenSSH's own format names a cipher that is not `none`
        "until": "-----END",
        "severity": "critical",
        "confidence": "high",
        "binary": True,
        "fires": (
            (
                "-----BEGIN RSA PRIVATE KEY-----\n<secret>\n-----END RSA PRIVATE KEY-----",
                "MIIEpAIBAAKCAQEA[A-Za-z0-9+/]{48}",
            ),
            (
                r'"private_key": "-----BEGIN PRIVATE KEY-----\n<secret>\n-----END PRIVATE KEY-----\n"',
                "MIIEvQIBADANBgkq[A-Za-z0-9+/]{48}",
            ),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----\n<secret>\n-----END OPENSSH PRIVATE KEY-----",
                "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUA[A-Za-z0-9+/]{38}",
            ),
        ),
        "quiet": (
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----",
            (
                "-----BEGIN PUBLIC KEY-----\n<secret>\n-----END PUBLIC KEY-----",
                "MIIBIjANBgkq[A-Za-z0-9+/]{52}",
            ),
        ),
    },
    {
        "id": "encrypted-private-key",
        "title": "A private key under a passphrase",
        "pattern": (
            r'-----BEGIN[ ](?:ENCRYPTED[ ]PRIVATE[ ]KEY-----|(?:RSA|EC|DSA)[ ]PRIVATE[ ]KEY-----[ \t"'
            r'\x27+,]{0,20}(?:\r?\n|\\{1,4}r?\\{0,4}n?n|\\{1,4}n)[ \t"\x27+,#*/]{0,40}Proc-Type:[ ]4,E'
            r'NCRYPTED(?:\r?\n|\\n)DEK-Info:[ ][A-Z0-9a-z,-]{8,80}(?:\r?\n|\\n))[ \t"\x27+,]{0,20}(?:'
            r'\r?\n|\\{1,4}r?\\{0,4}n?n|\\{1,4}n)[ \t"\x27+,#*/]{0,40}(?P<secret>[A-Za-z0-9+/=]{16,76})'
        ),
        "keywords": ("private key-----",),
        "validators": ("pem",),
        "until": "-----END",
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\n<secret>\n-----END ENCRYPTED PRIVATE KEY-----",
                "MIIFHDBOBgkq[A-Za-z0-9+/]{52}",
            ),
            (
                (
                    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789A"
                    "BCDEF\n\n<secret>\n-----END RSA PRIVATE KEY-----"
                ),
                "[A-Za-z0-9+/]{64}",
            ),
        ),
        "quiet": ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----",),
    },
    {
        "id": "encrypted-openssh-key",
        "title": "An OpenSSH private key under a passphrase",
        "pattern": (
            r'-----BEGIN[ ]OPENSSH[ ]PRIVATE[ ]KEY-----[ \t"'
            r'\x27+,]{0,20}(?:\r?\n|\\{1,4}r?\\{0,4}n?n|\\{1,4}n)[ \t"\x27+,#*/]{0,40}'
            r"(?P<secret>b3BlbnNzaC1rZXktdjEAAAAA[C-Z][A-Za-z0-9+/=]{8,51})"
        ),
        "keywords": ("openssh private key-----",),
        "validators": ("pem",),
        "until": "-----END",
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----\n<secret>\n-----END OPENSSH PRIVATE KEY-----",
                "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdH[A-Za-z0-9+/]{32}",
            ),
        ),
        "quiet": ("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----",),
    },
    {
        "id": "pgp-private-key",
        "title": "An OpenPGP private key",
        "pattern": (
            r'-----BEGIN[ ]PGP[ ]PRIVATE[ ]KEY[ ]BLOCK-----[ \t"\x27+,]{0,20}(?:\r?\n|\\{1,4}r?\\{0,4}'
            r'n?n|\\{1,4}n)[ \t"\x27+,#*/]{0,40}(?:(?:Version|Comment|Hash|Charset|MessageID):[^\n]{0,'
            r"120}\n){0,4}(?:\r?\n)?(?P<secret>[A-Za-z0-9+/=]{16,76})"
        ),
        "keywords": ("private key block-----",),
        "validators": ("pem",),
        "until": "-----END",
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n<secret>\n-----END PGP PRIVATE KEY BLOCK-----",
                "lQdGB[A-Za-z0-9+/]{59}",
            ),
            (
                (
                    "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n<secret>\n"
                    "-----END PGP PRIVATE KEY BLOCK-----"
                ),
                "lQOYB[A-Za-z0-9+/]{59}",
            ),
        ),
        "quiet": ("-----BEGIN PGP PRIVATE KEY BLOCK-----",),
    },
    {
        "id": "putty-private-key",
        "title": "A PuTTY private key",
        "pattern": (
            r"PuTTY-User-Key-File-[23]:[^\n]{1,40}\r?\nEncryption:[ ]none[ \t]{0,8}\r?\n(?P<secret>Com"
            r"ment:[^\n]{0,200})"
        ),
        "keywords": ("putty-user-key-file-",),
        "until": "Private-MAC",
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                (
                    "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n<secret>\nPublic-Lines: 1\nAAAA\nPrivate-Li"
                    "nes: 1\nAAAA\nPrivate-MAC: 00"
                ),
                "Comment: [a-z]{5}-key-2024",
            ),
        ),
        "quiet": ("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: aes256-cbc\nComment: x\n",),
    },
)
