"""Findings about bytes that never became a document: they are lines of the output like any other refusal."""

from __future__ import annotations

from onewindow.kernel.finding import Finding
from onewindow.kernel.words import Words

READABLE = ".json .xml .csv .ndjson"


def unreadable_file(name: str, reason: str) -> Finding:
    """The file cannot be opened or read."""
    return _fault(
        "unreadable_file",
        Words(
            f"{name} cannot be read: {reason}.",
            f"無法讀取 {name}：{reason}。",
            f"无法读取 {name}：{reason}。",
        ),
        Words("Check the name and the permissions.", "請檢查檔案名稱及權限。", "请检查文件名称及权限。"),
        name,
    )


def unreadable_format(suffix: str) -> Finding:
    """No channel reads files with this ending."""
    return _fault(
        "could_not_run",
        Words(
            f"Files ending in “{suffix}” cannot be read yet.",
            f"暫時未能讀取以「{suffix}」結尾的檔案。",
            f"暂时无法读取以“{suffix}”结尾的文件。",
        ),
        Words(
            f"Give the document as one of {READABLE}.",
            f"請以下列其中一種格式提供文件：{READABLE}。",
            f"请以下列其中一种格式提供文件：{READABLE}。",
        ),
        suffix,
    )


def too_long(bytes_most: int) -> Finding:
    """A line is longer than any document may be."""
    return _fault(
        "too_large",
        Words(
            f"The line is longer than {bytes_most} bytes.",
            f"該行長度超過 {bytes_most} 位元組。",
            f"该行长度超过 {bytes_most} 字节。",
        ),
        Words("Put one document on each line.", "請每行只放一份文件。", "请每行只放一份文件。"),
        None,
    )


def malformed(reason: str) -> Finding:
    """The bytes are not a document at all."""
    return _fault(
        "malformed",
        Words(
            f"This is not a readable document: {reason}",
            f"無法讀成文件：{reason}",
            f"无法读成文件：{reason}",
        ),
        Words(
            "Send one JSON object or one XML document, in UTF-8.",
            "請以 UTF-8 編碼提供一個 JSON 物件或一份 XML 文件。",
            "请以 UTF-8 编码提供一个 JSON 对象或一份 XML 文件。",
        ),
        None,
    )


def unnamed_service() -> Finding:
    """The document does not say which service it is for."""
    return _fault(
        "unknown_service",
        Words(
            "The document does not name its service.",
            "文件沒有指明所屬服務。",
            "文件没有指明所属服务。",
        ),
        Words(
            "Give --service, or name it in the document as “$service”.",
            "請使用 --service，或在文件內以「$service」指明服務。",
            "请使用 --service，或在文件内以“$service”指明服务。",
        ),
        None,
    )


def unknown_service(service: str) -> Finding:
    """No service has this id on the day."""
    return _fault(
        "unknown_service",
        Words(
            f"There is no service “{service}” in force on this day.",
            f"當日並無名為「{service}」的生效服務。",
            f"当日没有名为“{service}”的生效服务。",
        ),
        Words(
            "Choose one that “onewindow services” lists.",
            "請選用「onewindow services」所列的服務。",
            "请选用“onewindow services”所列的服务。",
        ),
        service,
        pointer="/$service",
    )


def _fault(code: str, message: Words, remedy: Words, value: object, pointer: str = "") -> Finding:
    return Finding(code=code, severity="error", pointer=pointer, message=message, remedy=remedy, value=value)
