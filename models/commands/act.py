"""What every act shares. An act is what is asked for; the envelope around it (`Command`) says who asks, and when."""

from models.frozen import Frozen
from models.text import Name


class Act(Frozen):
    """One verb with its content. `verb` is the discriminator, the name of the update, and the word typed at the CLI."""

    verb: str


class BidderAct(Act):
    """An act within one bidder's own contract, trial, inclusion period or acceptance."""

    bidder: Name
