"""Let the tests of this folder, and others that render reports, `import samples`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
