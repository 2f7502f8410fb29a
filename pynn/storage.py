"""Model files: a JSON header and arrays of numbers in one npz file, which numpy.load opens too.

Nothing in a file is ever unpickled or evaluated, and no memory is allocated before its size has been checked.
"""
from __future__ import annotations

import errno
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from pynn.translation import Sentence, sentence_of

Array = np.ndarray[Any, np.dtype[Any]]
Layout = Mapping[str, tuple[Any, tuple[int, ...]]]      # dtype and shape of every array by its name

_FORMAT, _VERSION = "pynn", 1
_HEADER = "header.json"
_MOST_HEADER = 1 << 24          # bytes: as Python objects they take up to 25 times as much


def write(path: Any, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write a model file so that a crash at any moment leaves the old file or the new one."""
    text = json.dumps({"format": _FORMAT, "version": _VERSION, **header}, default=np.generic.item).encode("ascii")
    if len(text) > _MOST_HEADER:
        raise ValueError(Sentence("path: {path}: expected names of at most {most} bytes in all, got a header of "
                                  "{count}", path=path, most=_MOST_HEADER, count=len(text)))
    with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_HEADER), text)
        for key, array in arrays.items():
            _write_array(archive, f"{key}.npy", array)


def check_place(path: Any) -> str:
    """The real name of a file that can be written, because its folder exists and is open to us."""
    name = os.path.realpath(check_path(path))         # a link stays, and what it points to is replaced
    folder = os.path.dirname(name)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, Sentence("No such folder"), folder)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, Sentence("No permission to write to this folder"), folder)
    return name


@contextmanager
def replacing(path: Any) -> Iterator[BinaryIO]:
    """A new file under another name (.pynn-…) in the same folder; it takes the name `path` when the block ends well.

    If the block fails, the new file is removed and the old one stays.
    A file .pynn-… stays behind only if the process is killed.
    """
    name = check_place(path)
    folder = os.path.dirname(name)
    temporary = os.path.join(folder, f".pynn-{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, name)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    if os.name == "posix":          # make the new name last, too
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def reading(path: Any) -> Iterator[tuple[dict[str, Any], Callable[[Layout], dict[str, Array]]]]:
    """Open a model file: yields its header, and a function that reads the arrays, given their dtypes and shapes.

    An OSError if the file cannot be opened.  Any other error, here and in the caller's block, becomes a ValueError that
    names the path.
    """
    name = check_path(path)
    with open(name, "rb") as file:
        try:
            most = os.fstat(file.fileno()).st_size
            with zipfile.ZipFile(file) as archive:
                yield _read_header(archive, most), lambda layout: _read_arrays(archive, layout, most)
        except Exception as error:      # a broken zip file makes zipfile raise almost anything
            raise ValueError(Sentence("path: {path} cannot be loaded: {error}", path=path,
                                      error=sentence_of(error) if str(error) else type(error).__name__)) from error


def check_path(path: Any) -> str:
    """The path as a str; an error if it cannot be that of a file."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(Sentence("path: expected a str or path-like, got {path!r} ({kind})", path=path,
                                 kind=type(path).__name__))
    name = os.fsdecode(path)
    if os.path.exists(name) and not os.path.isfile(name):
        raise ValueError(Sentence("path: {path} is a folder or a device, expected a file", path=path))
    if not os.path.basename(name) or "\0" in name:
        raise ValueError(Sentence("path: expected the name of a file, got {name!r}", name=name))
    return name


def _little(dtype: Any) -> np.dtype[Any]:
    return np.dtype(dtype).newbyteorder("<")


def _array_header(dtype: Any, shape: tuple[int, ...]) -> bytes:
    """The 128 bytes that numpy.save writes before such an array.  Reading compares them, so nothing has to be parsed."""
    text = f"{{'descr': '{_little(dtype).str}', 'fortran_order': False, 'shape': {shape}, }}"
    return b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + text.encode("ascii").ljust(117) + b"\n"


def _write_array(archive: zipfile.ZipFile, name: str, array: Array) -> None:
    header = _array_header(array.dtype, array.shape)
    info = zipfile.ZipInfo(name)
    info.file_size = len(header) + array.nbytes         # zipfile must know beforehand whether it is above 2 GB
    with archive.open(info, "w") as member:
        member.write(header)
        member.write(np.ascontiguousarray(array, _little(array.dtype)).data)


def _read_header(archive: zipfile.ZipFile, most: int) -> dict[str, Any]:
    size = archive.getinfo(_HEADER).file_size
    if size > min(most, _MOST_HEADER):
        raise ValueError(Sentence("the header has {size} bytes, expected at most {most}", size=size,
                                  most=min(most, _MOST_HEADER)))
    header = json.loads(_read_member(archive, _HEADER, size).decode("ascii"))
    if not isinstance(header, dict) or header.pop("format", None) != _FORMAT:
        raise ValueError(Sentence("its header is not that of a pynn model"))
    version = header.pop("version", None)
    if version != _VERSION:
        raise ValueError(Sentence("its format is version {version!r}, this pynn reads version {known}", version=version,
                                  known=_VERSION))
    return header


def _read_arrays(archive: zipfile.ZipFile, layout: Layout, most: int) -> dict[str, Array]:
    members = [_HEADER, *(f"{key}.npy" for key in layout)]
    if archive.namelist() != members:
        raise ValueError(Sentence("expected the members {members}, got {found}", members=", ".join(members),
                                  found=", ".join(archive.namelist()[:10])))
    headers = {key: _array_header(dtype, shape) for key, (dtype, shape) in layout.items()}
    sizes = {key: len(headers[key]) + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
             for key, (dtype, shape) in layout.items()}
    if sum(sizes.values()) > most:
        raise ValueError(Sentence("the arrays take {size} bytes, the file has {most}", size=sum(sizes.values()), most=most))
    arrays = {}
    for key, (dtype, shape) in layout.items():
        data = _read_member(archive, f"{key}.npy", sizes[key])
        if not data.startswith(headers[key]):
            raise ValueError(Sentence("{key}: expected an array of {name} of shape {shape}", key=key, name=np.dtype(dtype).name,
                                      shape=shape))
        arrays[key] = np.frombuffer(data, _little(dtype), offset=len(headers[key])).reshape(shape)
    return arrays


def _read_member(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """The bytes of a member, whose checksum is compared."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(Sentence("{name} is compressed, expected it uncompressed", name=name))
    if not info.file_size == info.compress_size == size:
        raise ValueError(Sentence("{name} has {found} bytes, expected {size}", name=name, found=info.file_size,
                                  size=size))
    return archive.read(info)
