"""JSON Schema takes 3.0 for an integer and our reader does not: whole numbers are sent as such."""

import schemathesis


def _whole(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return {name: _whole(each) for name, each in value.items()} if isinstance(value, dict) else value


@schemathesis.hook
def map_body(context: object, body: object) -> object:
    """Make whole numbers whole."""
    del context
    return _whole(body)
