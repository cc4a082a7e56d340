"""Everything an operation file needs to declare its request: member types, value maps, structures.

One import for the operations; the declarations themselves stand in ``members`` (scalars), ``item_structures`` and
``table_structures``.
"""

from sandbox.dynamodb.item_structures import *  # noqa: F403 - the public names of the three modules, as declared there
from sandbox.dynamodb.members import *  # noqa: F403 - as above
from sandbox.dynamodb.table_structures import *  # noqa: F403 - as above
