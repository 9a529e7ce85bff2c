"""Remove one kind of mess from a page that was drawn with it, and leave everything else as it is.

A template places most mess by ``{% if mess('…') %}``. To render a page without a kind, what such a branch prints is
enclosed between two control characters, all that follows is drawn as it would be, and the enclosed parts are cut from
the finished markup. Mess that is not part of a template (how images load, how text was typed) is switched off instead.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, nodes

_BEGIN, _END = "\x01", "\x02"
_ENCLOSED = re.compile(f"{_BEGIN}[^{_BEGIN}{_END}]*{_END}")


class EnclosingEnvironment(Environment):
    """Compiles templates so that the branches of one kind of mess stand enclosed.

    A branch with an alternative is left to the switch: cutting it would not print the alternative.
    """

    kind = ""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for branch in list(tree.find_all(nodes.If)):
            if branch.else_:
                continue
            for one in (branch, *branch.elif_):
                call = _asked(one.test, self.kind)
                if call is not None:
                    call.node = nodes.Getattr(call.node, "drawn", "load", lineno=one.lineno)
                    one.body = [_printed(_BEGIN), *one.body, _printed(_END)]
        return tree


def _asked(test: nodes.Node, kind: str) -> nodes.Call | None:
    """The call ``mess(kind)`` that a condition depends on."""
    match test:
        case nodes.And(left=left, right=right):
            return _asked(left, kind) or _asked(right, kind)
        case nodes.Call(node=nodes.Name(name="mess"), args=[nodes.Const(value=value)]) if value == kind:
            return test
    return None


def _printed(text: str) -> Any:
    return nodes.Output([nodes.TemplateData(text)])


def cut(html: str) -> str:
    """The markup without its enclosed parts."""
    found = 1
    while found:
        html, found = _ENCLOSED.subn("", html)
    assert _BEGIN not in html, "a part is enclosed by halves"
    assert _END not in html, "a part is enclosed by halves"
    return html
