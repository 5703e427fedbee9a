"""The desk where official documents are written: each once, from its entry and the policy it was decided under."""

from datetime import UTC, datetime

from activities.delivery import NotNow, Unwritable
from channels.documents import DocumentWriter
from client.standing import NoRulebook, Standings
from models.document import OfficialDocument
from models.notification import person_mailbox, unit_mailbox
from storage.documents import SqlDocuments

AT_ONCE = 200
"""So many waiting documents are written in one sweep."""


class DocumentDesk:
    """Implements `activities.delivery.Desk`."""

    def __init__(self, documents: SqlDocuments, standings: Standings, writer: DocumentWriter) -> None:
        self._documents = documents
        self._standings = standings
        self._writer = writer

    def papers(self, stream: str, sequence: int, recipient: str) -> tuple[OfficialDocument, ...]:
        """The documents of an entry that are addressed to a mailbox, written. Raises Unwritable, NotNow."""
        found = self._documents.of_entry(stream, sequence)
        return tuple(self.written(each) for each in found if mailbox_of(each) == recipient)

    def written(self, document: OfficialDocument) -> OfficialDocument:
        """The document with its words. Raises Unwritable; NotNow while its policy is not among the rulebooks."""
        if document.text is not None:
            return document
        entry = self._documents.entry(document.stream, document.sequence)
        try:
            standing = self._standings.of(document.stream)
        except NoRulebook as missing:
            raise NotNow(f"the policy of {missing} is not among the rulebooks") from missing
        if entry is None or standing is None:
            raise Unwritable(f"{document.stream} has no entry {document.sequence}")
        policy = self._standings.rulebook(entry.policy, entry.calendar)
        if policy is None:
            raise NotNow(f"the policy of entry {document.sequence} of {document.stream} is not among the rulebooks")
        name = standing.state.profile.name if standing.state.profile else document.stream
        return self._documents.write(document, self._writer.write(document, entry, policy, name), datetime.now(UTC))

    def write_waiting(self) -> int:
        """Writes what no letter asked for yet; says how many. One that cannot be written holds up no other."""
        done = 0
        for each in self._documents.unwritten():
            try:
                self.written(each)
                done += 1
            except (Unwritable, NotNow):
                continue
            if done == AT_ONCE:
                break
        return done


def mailbox_of(document: OfficialDocument) -> str:
    if document.to_person is not None:
        return person_mailbox(document.to_person)
    return unit_mailbox(document.city, document.to_unit)
