"""Who is reached where, from a YAML file that may change while the engine runs."""

from pathlib import Path

from models.mailbox import ContactBook
from runtime.settings import Settings

from .yaml_files import load_yaml


class ContactFile:
    """Read anew when it has changed. Without a file nobody has an address, and all read the inbox."""

    def __init__(self, settings: Settings) -> None:
        self.path: Path = settings.contacts
        self._known: tuple[float, ContactBook] = (0, ContactBook())

    def book(self) -> ContactBook:
        """Raises FileProblems."""
        try:
            changed = self.path.stat().st_mtime
        except FileNotFoundError:
            return ContactBook()
        if changed != self._known[0]:
            self._known = changed, load_yaml(self.path, ContactBook)
        return self._known[1]
