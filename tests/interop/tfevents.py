# SPDX-License-Identifier: GPL-3.0-or-later
"""Scalars of a TensorBoard event file, read from the published format alone, with both checksums of each record."""
import struct


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    data, at = open(path, "rb").read(), 0
    while at < len(data):
        length, check = struct.unpack_from("<QI", data, at)
        body = data[at + 12:at + 12 + length]
        assert masked_crc(data[at:at + 8]) == check, f"length checksum at byte {at}"
        assert masked_crc(body) == struct.unpack_from("<I", data, at + 12 + length)[0], f"data checksum at byte {at}"
        yield body
        at += 16 + length


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not data[at - 1] & 0x80:
            return value, at


def fields(data):
    """(field number, value) of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            size = {1: 8, 5: 4}[key & 7]
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def read(path):
    """[("version", text) | ("start", step) | ("scalar", step, tag, value)] in the order of the file."""
    found = []
    for record in records(path):
        event = list(fields(record))
        step = dict(event).get(2, 0)
        for number, value in event:
            if number == 3:
                found.append(("version", value.decode()))
            elif number == 7 and dict(fields(value)).get(1) == 1:  # SessionLog.START
                found.append(("start", step))
            elif number == 5:
                for _, summary in fields(value):
                    scalar = dict(fields(summary))
                    found.append(("scalar", step, scalar[1].decode(), struct.unpack("<f", scalar[2])[0]))
    return found
