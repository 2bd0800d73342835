# Runs inside Pyodide, inside the locked-down child. It turns a script into a function, so that `return` works at its top level, runs
# it once, and answers JSON. The boundary is the child process, never this file.
import ast
import asyncio
import datetime
import decimal
import inspect
import json
import sys
import traceback
import types

FILE = "script"


def _plain(value):
    """What json does not know: dates as ISO text, sets and tuples as lists, Decimal as a number."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError(f"the result holds a {type(value).__name__}, which is not JSON")


def _function(code, names, asynchronous):
    """The script's own tree as the body of a function: its lines keep their numbers and its texts their blanks."""
    tree = ast.parse(code, FILE)
    body = tree.body or [ast.Pass(lineno=1, col_offset=0)]
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(arg=name) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    kind = ast.AsyncFunctionDef if asynchronous else ast.FunctionDef
    function = kind(name="script", args=arguments, body=body, decorator_list=[], type_params=[])
    module = ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[]))
    scope = {"__name__": "__script__", "__builtins__": __builtins__}
    exec(compile(module, FILE, "exec"), scope)
    return scope["script"]


def _prepare(code, names):
    try:
        return _function(code, names, False)
    except SyntaxError as error:
        if "await" in (error.msg or "") or "async" in (error.msg or ""):
            return _function(code, names, True)
        raise


def _failure(error):
    if isinstance(error, MemoryError):
        return {"kind": "memory", "message": ""}
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return {"kind": "error", "message": f"SyntaxError: {error.msg}", "line": error.lineno, "column": error.offset}
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    answer = {"kind": "error", "message": f"{type(error).__name__}: {error}"[:4000]}
    if lines:
        answer["line"] = lines[-1]
    return answer


async def run(request_json):
    try:
        request = json.loads(request_json)
        names = list(request["globals"])
        result = _prepare(request["code"], names)(*request["globals"].values())
        if inspect.isawaitable(result):
            result = await result
        if isinstance(result, (types.GeneratorType, map, filter, zip, range)):
            result = list(result)
        return json.dumps({"ok": json.dumps(result, default=_plain, allow_nan=False, ensure_ascii=False)})
    except BaseException as error:  # SystemExit and KeyboardInterrupt are answers, too
        return json.dumps({"failed": _failure(error)})
