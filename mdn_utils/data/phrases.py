"""What simulated writers write: English prose, words, names, numbers and every mark, no download."""
import functools
import random
import re
import zlib
from pydoc_data.topics import topics

from .alphabet import ALPHABET

_LETTERS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"


def texts(count, seed=0):
    """`count` lines of text to write, 1-50 characters each: English prose, words, names, numbers and every mark.

    The words are those of the standard library's `pydoc_data.topics`, which differs a little between Python versions.
    """
    return [draw(random.Random(f"{seed} {k}")) for k in range(count)]


@functools.cache
def vocabulary():
    """The prose of `pydoc_data.topics` as runs of plain words, and its words by the letters in them."""
    prose = " ".join(topics[name] for name in sorted(topics)).replace("\u2019", "'")
    token = r"\(?[A-Za-z][a-z]*(?:['-][a-z]+)*\)?[.,;:]?"
    runs = [run.split() for run in re.findall(rf"(?:(?<=\s){token}\s+){{8,}}", prose)]
    words = sorted({word for run in runs for word in run if re.fullmatch("[a-z]{2,12}", word)})
    return runs, {letter: [word for word in words if letter in word] for letter in _LETTERS}


def draw(rng):
    """One line of text: prose for the usual letter pairs, and enough of all else that no character is rare."""
    runs, by_letter = vocabulary()

    def some(alphabet, least=1, most=1):
        return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))

    def word():  # a real one with a certain letter, so that rare letters come up, or an invented one
        if rng.random() < 0.6:
            return rng.choice(by_letter[some(_LETTERS)])
        return "".join(some("bcdfghjklmnpqqrstvwxyz") + some("aeiouy") + some("nrstlkzxj", 0)
                       for _ in range(rng.randint(1, 3)))

    def capital(least=1, most=1):
        return some(_LETTERS.upper(), least, most)

    def name():
        return capital() + some("aeiou") + some("bdklmnrstvz") + some("aeiou") + some("nrstlk", 0, 1)

    def number():
        return some(_DIGITS, 1, 4)

    def mark():
        return some("#$%&*+/<=>@[]^_`{|}~\\")

    def prose(longest=8):
        run = rng.choice(runs)
        size = min(rng.randint(3, longest), len(run))
        start = rng.randrange(len(run) - size + 1)
        return " ".join(run[start:start + size])

    def person():
        return rng.choice([
            f"{name()} {name()}", f"{capital()}. {name()}", f"{capital(2, 4)} {name()}", f"{name()}'s {word()}",
            f"{capital()}. {capital()}. {name()}", f"{capital(2, 6)} {capital(2, 6)}", f"{name()} {capital(2, 4)}",
            f"{name()} {name()} {name()}", f"{name()} and {name()}"])

    def figures():
        day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(1500, 2099)
        return rng.choice([
            f"{name()} {number()}", f"{day}/{month}/{year}", f"{day} {name()} {year}", f"${number()}.{number()[:2]}",
            f"at {rng.randint(0, 23)}:{rng.randint(0, 59):02d}", f"{number()}-{number()}", f"{number()} {word()}",
            f"No. {number()}: {number()}", f"{number()}% {word()}", f"({number()}) {word()}", f"{number()}, {number()}",
            f"{number()} + {number()} = {number()}"])

    def spoken():
        phrase, one, two = prose(4).strip(".,;:()"), word(), word()
        return rng.choice([
            f"{phrase}?", f"{phrase}!", f'"{phrase}"', f"'{one}' {two}", f"({phrase})", f"{phrase}; {two}",
            f"{one}: {phrase}", f'"{name()}!"', f"{one}-{two}", f"{phrase}, {two}", f"it's {one}; {two}",
            f'{name()}: "{one}?"', f"Why {one}?", f"{one} - {two}", f"{phrase}; {two}!", f"({name()})",
            f"{name()}; ({one})", f"{one}! {name()}?", f"{name()}: {one}-{two}"])

    def signs():
        return rng.choice([
            f"{word()}{mark()}{word()}", f"{mark()}{word()}{mark()}", f"{word()} {mark()} {number()}",
            f"{mark()} {mark()} {mark()}", f"{number()} {mark()} {number()}", f"{capital()}{mark()}{number()}"])

    def shout():
        return rng.choice([word(), f"{word()} {word()}"]).upper()

    kinds = {prose: 26, word: 6, name: 3, shout: 7, person: 22, figures: 11, spoken: 23, signs: 12,
             lambda: some(ALPHABET[1:]): 2}
    return next(text for text in iter(lambda: rng.choices(list(kinds), kinds.values())[0](), None) if len(text) <= 50)


def split_of(text):
    """The split that a text belongs to, by its checksum: nine in ten for training."""
    return {0: "val", 1: "test"}.get(zlib.crc32(text.encode()) % 20, "train")
