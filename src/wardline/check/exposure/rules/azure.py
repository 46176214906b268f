"""Azure storage, Service Bus and Entra ID secrets, shared access signatures and DevOps tokens.

**Why it matters.** A storage key reads and writes everything in its account; a client secret acts as its application
in the whole tenant; a DevOps token pushes code.

**How it is found.** By the connection string's own fields (`AccountKey=`, `SharedAccessKey=`), by the marks that
Microsoft puts into newer secrets (`Q~`, `AZDO`, `AzFu`, `AzSe`, `+ACR`, `+AStA`), and by the parameters of a
signature.

**How to repair it.** Regenerate the key (the resource, Access keys) or delete the client secret (Entra ID, App
registrations, Certificates and secrets), read the sign-in and activity logs, and use a managed identity instead.

**Source.** Microsoft Learn, "Manage storage account access keys", "Grant limited access with shared access
signatures", "Application and service principal objects", "Use personal access tokens"; "Microsoft Security Utilities:
identifiable secrets".
"""

PROVIDER = "Microsoft Azure"
TITLE = "Microsoft Azure keys"
REPAIR = "regenerate the key in the Azure portal, read the activity log, and use a managed identity instead"

RULES = (
    {
        "id": "azure-account-key",
        "title": "An Azure storage or Cosmos DB account key",
        "pattern": r"(?i:AccountKey)[ \t]{0,8}=[ \t]{0,8}(?P<secret>[A-Za-z0-9+/]{86}==)",
        "keywords": ("accountkey",),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=<secret>;EndpointSuffix=core.windows.net",
                "[A-Za-z0-9+/]{86}==",
            ),
        ),
        "quiet": (
            (
                "AccountKey=<secret>",
                "A{86}==",
            ),
            "AccountKey=${KEY}",
        ),
    },
    {
        "id": "azure-shared-access-key",
        "title": "An Azure Service Bus, Event Hubs or IoT Hub key",
        "pattern": r"(?i:SharedAccessKey)[ \t]{0,8}=[ \t]{0,8}(?P<secret>[A-Za-z0-9+/]{43}=)",
        "keywords": ("sharedaccesskey",),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=<secret>",
                "[A-Za-z0-9+/]{43}=",
            ),
        ),
        "quiet": ("SharedAccessKey=<key>",),
    },
    {
        "id": "azure-client-secret",
        "title": "An Entra ID client secret",
        "pattern": (
            "(?:^|[^A-Za-z0-9_~.-])(?P<secret>[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?:[^A-"
            r"Za-z0-9_~.\n-]|$)"
        ),
        "keywords": ("q~",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "AZURE_CLIENT_SECRET=<secret>",
                "[A-Za-z0-9]{3}8Q~[A-Za-z0-9_~.-]{34}",
            ),
        ),
        "quiet": ("1Q~ 2Q~",),
    },
    {
        "id": "azure-shared-access-signature",
        "title": "An Azure shared access signature",
        "pattern": (
            r'[?&](?:sv|se|sp|sr|ss|srt|st|spr)=[^ \t\n"\x27<>]{1,300}&sig=(?P<secret>[A-Za-z0-9%+/]{4'
            "0,70}(?:=|%3[Dd]))"
        ),
        "keywords": ("&sig=",),
        "min_entropy": 3.5,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "https://shop.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sr=c&sp=rl&sig=<secret>",
                "[A-Za-z0-9]{43}%3D",
            ),
        ),
        "quiet": ("?sv=1&sig=abc",),
    },
    {
        "id": "azure-devops-token",
        "title": "An Azure DevOps personal access token",
        "pattern": r"\b(?P<secret>[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b",
        "keywords": ("azdo",),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "AZURE_DEVOPS_EXT_PAT=<secret>",
                "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
            ),
        ),
        "quiet": ("AZDO is a prefix",),
    },
    {
        "id": "azure-marked-key",
        "title": "An Azure resource key",
        "pattern": (
            r"\b(?P<secret>[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==|[A-Za-z0-9]{42}AzSe[A-D][A-Za"
            r"-z0-9]{5}|[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5})"
        ),
        "keywords": (
            "azfu",
            "azse",
            "+acr",
        ),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "key: <secret>",
                "[A-Za-z0-9]{44}AzFu[A-Za-z0-9_-]{5}Q==",
            ),
            (
                "key: <secret>",
                "[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}",
            ),
            (
                "key: <secret>",
                r"[A-Za-z0-9]{42}\+ACR[A-D][A-Za-z0-9]{5}",
            ),
        ),
        "quiet": ("AzFu AzSe +ACR",),
    },
)
