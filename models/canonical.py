"""One text for one model, whoever writes it: what digests and chains are computed over."""

import json

from pydantic import BaseModel


def canonical(model: BaseModel) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8."""
    return json.dumps(
        model.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()
