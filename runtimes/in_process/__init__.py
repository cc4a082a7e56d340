"""Handlers in this interpreter, each environment on a thread of its own, so that a breakpoint works.

Given a ``FunctionSpec``, gives environments whose modules, variables and output are their own although the interpreter is
shared: imports of the code folder go to a private package per environment (``realm``), ``os.environ``, ``sys.stdout`` and
``logging`` answer by the place they are asked from (``place``, ``hooks``).

What it cannot contain: ``os._exit``, crashes of the interpreter, a thread that never ends (it is left behind and said so), the
working directory (put back and said so), levels of shared loggers, variables of child processes started without ``env``, and
compiled packages inside the code folder. The process runtime contains all of these.
"""
