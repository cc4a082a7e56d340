"""Handlers in this interpreter, each environment on a thread of its own, so that a breakpoint works.

Given a ``FunctionSpec``, gives environments whose modules, variables and output are their own although the interpreter is
shared: imports of the code folder go to a private package per environment (``realm``), ``os.environ``, ``sys.stdout`` and
``logging`` answer by the place they are asked from (``place``, ``hooks``).

What it cannot contain: crashes of the interpreter (Python writes down where: ``faulthandler``), memory (said afterwards), a
thread that never ends (it is left behind and said so), the working directory (put back and said so), levels of shared
loggers, changes of shared modules, variables of child processes started without ``env``, and compiled packages inside the
code folder. Modules from outside of the code folder, packages installed editable among them, stay as they were first
imported. ``os._exit`` and ``os.abort`` end the environment alone and say so; processes left behind are told, and ended
with their environment. The process runtime contains all of these (docs/fault-matrix.md).
"""
