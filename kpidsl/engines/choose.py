"""Which engine answers a question, and why: what is in a database is added up there, what is here by pandas or DuckDB.

Rows in memory are added up by pandas while they are few, for which it needs the least time; DuckDB takes large frames, and
files, of which it reads only what it needs. What one engine lacks, another one that can read the same sources does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kpidsl.data.given import DuckDbTable, Excel, Frame, Given, Remote, Unusable
from kpidsl.data.limits import Limits
from kpidsl.data.places import count, place_of, Site
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import choice_messages as messages
from kpidsl.engines.engine import Engine
