"""PartiQL: statements become plans over the engine that every other operation uses.

Given the text of a statement and its parameters, gives a read (a page of items, or one item) or a write (a change
that has not happened yet), or the refusal AWS answers. Texts are read once and remembered (bounded). Reading text
(``tokens``, ``literals``, ``paths``, ``conditions``, ``truth``, ``select_list``, ``parse``) knows no tables; planning
(``keys``, ``shape``, ``branches``, ``read``, ``write``) builds the same condition and update trees as expressions do, so
nothing is evaluated twice over. It must not know requests, responses, or which of the three operations is asking.

A statement that is refused is read once more, to be told in AWS's words and order why (``explain``): by the grammar of the
parser that AWS published as open source, partiql-lang-kotlin (``words``, ``grammar``, ``grammar_terms``, ``grammar_calls``),
and then, as AWS itself does with what that gives (``terms``), clause by clause (``translation``, ``ion``).
"""
