"""The Jinja environment of the site: GOV.UK components, our formats and state tags, nothing else global."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from markupsafe import Markup

from throughline.web.design import formats, status


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment; Django's Jinja2 backend calls this with the app template folders as loader."""
    ours = options.pop("loader")
    options.pop("undefined", None)  # the GOV.UK macros reach into parameters that are not given
    govuk = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})
    env = jinja2.Environment(
        loader=jinja2.ChoiceLoader([ours, govuk]),
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.globals.update(
        static=static,
        url=_url,
        state_tag=status.tag,
        strengths=status.STRENGTHS,
        strength_sentences=status.STRENGTH_SENTENCES,
    )
    env.filters.update(
        day=formats.day,
        long_day=formats.long_day,
        weekday=formats.weekday,
        when=formats.when,
        clock=formats.clock,
        how_long=formats.how_long,
        from_now=formats.from_now,
        count=formats.count,
        tel=_tel,
    )
    env.globals.update(age=formats.age)
    return env


def _tel(number: str) -> Markup:
    """A number to ring: pressed, a telephone rings it; it never breaks across two lines."""
    return Markup('<a class="tl-nowrap" href="tel:{}">{}</a>').format(number.replace(" ", ""), number)


def _url(name: str, *args: object, **kwargs: object) -> str:
    """``url('child', child.id)``: Django's reverse, arguments by place or by name."""
    return _reversed(get_script_prefix(), name, args, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _reversed(prefix: str, name: str, args: tuple[object, ...], kwargs: tuple[tuple[str, object], ...]) -> str:
    # An address depends on nothing else: a long list of one child's asks for the same few again and again.
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)
