# SPDX-License-Identifier: MIT
"""Characters to the keys that type them on a US keyboard, as QKeyCode names (QEMU QMP reference, "QKeyCode")."""

NAMED = {"\n": "ret", "\t": "tab", "\b": "backspace", "\x1b": "esc", " ": "spc", "-": "minus", "=": "equal",
         "[": "bracket_left", "]": "bracket_right", "\\": "backslash", ";": "semicolon", "'": "apostrophe",
         "`": "grave_accent", ",": "comma", ".": "dot", "/": "slash"}
SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./"))


def keys_for(character):
    """The keys to hold down together, modifiers first. ValueError for a character that no US key gives."""
    if character in SHIFTED:
        return ["shift"] + keys_for(SHIFTED[character])
    if character in NAMED:
        return [NAMED[character]]
    if character.isascii() and character.isalnum():
        return ["shift", character.lower()] if character.isupper() else [character]
    raise ValueError(f"no key on a US keyboard types {character!r}")
