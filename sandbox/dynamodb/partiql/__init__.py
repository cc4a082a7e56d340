"""PartiQL: statements become plans over the engine that every other operation uses.

Given the text of a statement and its parameters, gives a read (a page of items, or one item) or a write (a change
that has not happened yet), or the refusal AWS answers. Texts are read once and remembered (bounded). Reading text
(``tokens``, ``literals``, ``paths``, ``conditions``, ``truth``, ``select_list``, ``parse``) knows no tables; planning
(``keys``, ``shape``, ``branches``, ``read``, ``write``) builds the same condition and update trees as expressions do, so
nothing is evaluated twice over. It must not know requests, responses, or which of the three operations is asking.

Wordings that the specification leaves open follow the parser that AWS published as open source (partiql-lang-kotlin),
whose sentences are those of the refusals that are known; each such place says so. A statement that is refused is asked
after in ``grammar``, which knows all of that parser's grammar and nothing else.
"""
