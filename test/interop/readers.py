"""Reads estimates.arrow and tallies.arrow with pyarrow, pandas and polars; prints what each found as JSON.

Usage: readers.py ESTIMATES TALLIES ROW TALLY_ROW
64-bit whole numbers become strings, so that JSON keeps them.
"""

import json
import sys

import pandas
import polars
import pyarrow
from pyarrow import ipc


def plain(value):
    """Plain Python: numpy's scalars and arrays, and polars' series, unpacked; NaN as None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, polars.Series):
        value = value.to_list()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value is None or value != value:
        return None
    return str(value) if isinstance(value, int) else value


def from_arrow(estimates, tallies, row, tally_row):
    table = ipc.open_file(estimates).read_all()
    table.validate(full=True)
    with open(estimates, "rb") as file:
        stream = ipc.open_stream(file.read()[8:]).read_all()
    lists = ipc.open_file(tallies).read_all()
    lists.validate(full=True)
    return {
        "rows": table.num_rows,
        "sameAsStream": stream.equals(table, check_metadata=True),
        "types": [str(field.type) for field in table.schema],
        "nullable": [field.nullable for field in table.schema],
        "nulls": [column.null_count for column in table.columns],
        "row": [plain(column[row].as_py()) for column in table.columns],
        "metadata": {key.decode(): value.decode() for key, value in table.schema.metadata.items()},
        "units": [(field.metadata.get(b"unit") or b"").decode() for field in table.schema],
        "described": all(field.metadata[b"description"] for field in list(table.schema) + list(lists.schema)),
        "tallyTypes": [str(field.type) for field in lists.schema],
        "lists": [plain(lists.column(name)[tally_row].as_py()) for name in LISTS],
    }


def from_pandas(estimates, tallies, row, tally_row):
    frame = pandas.read_feather(estimates)
    lists = pandas.read_feather(tallies)
    return {
        "rows": len(frame),
        "types": [str(dtype) for dtype in frame.dtypes],
        "labels": list(frame["initializer"].cat.categories),
        "nulls": [int(count) for count in frame.isna().sum()],
        "row": [plain(frame[name].iloc[row]) for name in frame.columns],
        "lists": [plain(lists[name].iloc[tally_row]) for name in LISTS],
    }


def from_polars(estimates, tallies, row, tally_row):
    frame = polars.read_ipc(estimates)
    lists = polars.read_ipc(tallies)
    with open(estimates, "rb") as file:
        stream = polars.read_ipc_stream(file.read()[8:])
    return {
        "rows": frame.height,
        "scanned": polars.scan_ipc(estimates).collect().height,
        "streamed": stream.height,
        "types": [str(dtype.base_type()) for dtype in frame.dtypes],
        "nulls": list(frame.null_count().row(0)),
        "row": [plain(value) for value in frame.row(row)],
        "lists": [plain(lists[name][tally_row]) for name in LISTS],
    }


LISTS = ["bin", "bin_count", "bin_sum", "bin_square"]

if __name__ == "__main__":
    estimates, tallies, row, tally_row = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    found = {}
    for name, read in (("pyarrow", from_arrow), ("pandas", from_pandas), ("polars", from_polars)):
        found[name] = read(estimates, tallies, row, tally_row)
    found["versions"] = {module.__name__: module.__version__ for module in (pyarrow, pandas, polars)}
    json.dump(found, sys.stdout)
