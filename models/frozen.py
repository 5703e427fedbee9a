"""The one base of every model that travels or is remembered: frozen, and closed to unknown fields.

Collections are tuples, never sets, so that a payload is the same text every time it is written. A field that has
once stood in a history is never renamed; a new field gets a default.
"""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
