"""The sentence of a notice: the action's own words, or those of what happens by itself."""

from __future__ import annotations

from onewindow.definitions.model import Definition
from onewindow.kernel.words import Words

_BY_ITSELF = {
    "issued": Words(
        "Your document has been issued. Download it from your submission.",
        "文件已簽發，可於該申請下載。",
        "文件已签发，可在该申请下载。",
    ),
    "pledge-breached": Words(
        "A promised time has passed. Please act on it now.",
        "已超過承諾時限，請即處理。",
        "已超过承诺时限，请立即办理。",
    ),
    "pledges-moved": Words(
        "The office was closed unexpectedly. The promised time moves by as long.",
        "辦公室臨時關閉，承諾時限相應順延。",
        "办公室临时关闭，承诺时限相应顺延。",
    ),
    "effect-settled": Words(
        "What it draws on another document has been recorded.",
        "在另一份文件上的扣減或連繫已作記錄。",
        "在另一份文件上的扣减或关联已作记录。",
    ),
    "effect-refused": Words(
        "What it needs from another document was refused. Read why and correct it.",
        "另一份文件未能滿足所需，請細閱原因並更正。",
        "另一份文件未能满足所需，请细阅原因并更正。",
    ),
}
_NEWS = Words("There is news of your submission.", "你的申請有新進展。", "您的申请有新进展。")


def notice_words(definition: Definition | None, kind: str) -> Words:
    """What the notice of an event of this kind says."""
    action = definition.actions.get(kind) if definition else None
    if action is not None:
        return action.says or action.title
    return _BY_ITSELF.get(kind, _NEWS)
