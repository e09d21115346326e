"""Texts that go round in circles, the failure that greedy and base decoding fall into first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin._tokens import COUNTER, Token, span_of, tokenize
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import grams
from pytest_qwen.traits.verdict import Part, Verdict

# How much must come again. A chorus comes three times and a table has its rule; sixty tokens three
# times in a row, some fifty that come for at least the fourth time, or a short unit that goes
# on to the end are neither: a loop that has begun hardly ever ends before the text does.
_GRAM = 4  # tokens that must come again for a repetition to be noticed
_TIMES, _MIN_RUN = 3, 60
_TIMES_AT_END, _MIN_RUN_AT_END = 4, 20
_TIMES_OF_SYMBOLS, _MIN_SYMBOLS = 4, 120  # characters, such as "!!!!!!…"
_TIMES_OF_IDS, _MIN_IDS = 4, 48
_WORDS_A_COUNTER = 2
_MOST_NUMBERS = 0.25
_SHOWN = 400


class Cycle(NamedTuple):
    """Tokens `start` to `end` come again with a constant period."""

    start: int
    end: int
    period: int

    @property
    def times(self) -> int:
        """Whole repetitions; the last one may be cut off."""
        return (self.end - self.start) // self.period


class Wear(NamedTuple):
    """What makes a stretch worn out: grams of `size` tokens, each `seen` so often before.

    A fresh token outweighs `price` worn ones, and `least` worn tokens must be left over.
    """

    size: int
    seen: int
    price: int
    least: int


class Stretch(NamedTuple):
    """A stretch of tokens, and how many more of them are worn than its fresh ones outweigh."""

    worn: int = 0
    start: int = 0
    end: int = 0


_PASSAGES = Wear(size=6, seen=3, price=3, least=55)
_FRAMES = Wear(size=2, seen=10, price=1, least=60)


@trait(of="text")
def continuation_loop(part: Part) -> Verdict:
    """The text repeats itself over and over instead of going on.

    Three kinds are found, each in linear time: the same unit in a row, with a last repetition
    that may be cut off and counters that count up; passages that come for the fourth time and more,
    in any order; and one sentence frame filled again and again with another word. What makes no
    loop: a chorus or a refrain, a table, numbered points that say something new, a count or a sum.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> continuation_loop(Part("水稻是粮食。" * 9, Reply(text=""))).got
    "'水稻是粮食。' 9 times in a row"
    """
    tokens = tokenize(part.text)
    folds = [token.fold for token in tokens]
    run = max((c for c in _cycles(folds) if _is_loop(c, tokens)), key=_size, default=None)
    if run:
        span = span_of(tokens, run.start, run.end)
        unit = part.text[slice(*span_of(tokens, run.start, run.start + run.period))]
        values = {"unit": unit[:_SHOWN], "count": run.times, "period": run.period}
        got = Reason("traits.repeated_in_a_row", unit=unit, n=run.times)
        return Verdict(True, got, (span,), values)
    if part.of == "text" and (run := _cycle_of_ids(part.reply.token_ids)):
        got = Reason("traits.repeated_ids", period=run.period, n=run.times, start=run.start)
        return Verdict(True, got, (), {"count": run.times, "period": run.period})
    named = [token for token in tokens if token.fold[0].isalnum()]
    for kept, wear in ((tokens, _PASSAGES), (named, _FRAMES)):
        stretch = _most_worn(kept, wear)
        if stretch.worn >= wear.least and _is_prose(kept[stretch.start : stretch.end]):
            unit, count = _commonest(kept, wear.size, stretch, part.text)
            span = span_of(kept, stretch.start, stretch.end)
            got = Reason("traits.repeated_often", unit=unit, n=count)
            return Verdict(True, got, (span,), {"unit": unit, "count": count})
    return Verdict(False, Reason("traits.no_loop"))


def _cycles(items: Sequence[Hashable]) -> Iterator[Cycle]:
    """Yield the stretches where every gram last came the same distance before."""
    end = _GRAM
    for distance, run in groupby(_distances(items)):
        n = len(list(run))
        if distance:
            yield Cycle(end - _GRAM - distance, end + n - 1, distance)
        end += n


def _distances(items: Sequence[Hashable]) -> Iterator[int]:
    """Yield for every gram how far back it came last, 0 where it is new."""
    last: dict[tuple[Hashable, ...], int] = {}
    for i, gram in enumerate(grams(items, _GRAM)):
        yield i - last.get(gram, i)
        last[gram] = i


def _size(cycle: Cycle) -> int:
    return cycle.end - cycle.start


def _is_loop(cycle: Cycle, tokens: list[Token]) -> bool:
    if cycle.times < _TIMES:  # long periods are not looked at, which would take quadratic time
        return False
    folds = [token.fold for token in tokens[cycle.start : cycle.start + cycle.period]]
    if _says(folds):
        if _size(cycle) >= _MIN_RUN:
            return True
        at_end = cycle.end + cycle.period > len(tokens)
        long = cycle.times >= _TIMES_AT_END and _size(cycle) >= _MIN_RUN_AT_END
        return at_end and long and not _came_before(cycle, tokens)
    start, end = span_of(tokens, cycle.start, cycle.end)
    plain = not any(fold[0].isalpha() or fold == COUNTER for fold in folds)
    return plain and cycle.times >= _TIMES_OF_SYMBOLS and end - start >= _MIN_SYMBOLS


def _came_before(cycle: Cycle, tokens: list[Token]) -> bool:
    """Say whether a short run occurs earlier as a whole, too: then it is the refrain of a song."""
    folds, size = [token.fold for token in tokens], _size(cycle)
    run = folds[cycle.start : cycle.end]
    return any(folds[i : i + size] == run for i in range(cycle.start - size + 1))


def _says(folds: Sequence[str]) -> bool:
    """Say whether words outweigh the counters: `3. rice`, but no `3 × 4 is 12` or `[Item 3]`."""
    n_words = sum(fold[0].isalpha() for fold in folds)
    return bool(n_words) and n_words >= _WORDS_A_COUNTER * folds.count(COUNTER)


def _is_prose(tokens: Sequence[Token]) -> bool:
    """Say whether numbers are the lesser part, unlike in sums and tables that use one wording."""
    numbers = sum(token.fold[0].isdigit() for token in tokens)
    return numbers <= _MOST_NUMBERS * len(tokens)


def _cycle_of_ids(ids: Sequence[int]) -> Cycle | None:
    """Find a loop that the text does not show, such as bytes that make up no character."""
    loops = (c for c in _cycles(ids) if c.times >= _TIMES_OF_IDS and _size(c) >= _MIN_IDS)
    return max(loops, key=_size, default=None)


def _most_worn(tokens: list[Token], wear: Wear) -> Stretch:
    """Find the segment of greatest sum, where worn tokens count for it and fresh ones against it.

    One pass is enough (Kadane's algorithm): a segment never begins with a sum below zero.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    best = now = Stretch()
    for i, gram in enumerate(grams([token.fold for token in tokens], wear.size)):
        worn = counts[gram] >= wear.seen and any(fold[0].isalpha() for fold in gram)
        counts[gram] += 1
        start = now.start if now.worn > 0 else i
        now = Stretch(max(0, now.worn) + (1 if worn else -wear.price), start, i + wear.size)
        best = max(best, now)
    return best


def _commonest(tokens: list[Token], size: int, where: Stretch, text: str) -> tuple[str, int]:
    """Return the gram of a stretch that the text has most often, as it stands there."""
    counts = Counter(grams([token.fold for token in tokens], size))
    inside = list(grams([token.fold for token in tokens[where.start : where.end]], size))
    gram = max(inside, key=lambda gram: counts[gram])
    at = where.start + inside.index(gram)
    return text[slice(*span_of(tokens, at, at + size))], counts[gram]
