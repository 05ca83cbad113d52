"""The sentences of the life cycle's own findings."""

from __future__ import annotations

from onewindow.kernel.words import Words

NO_STAGE = Words("There is no such step here.", "此服務沒有這個步驟。", "此服务没有这个步骤。")
NO_LEGS = Words("No department is named.", "尚未選擇部門。", "尚未选择部门。")
USE_STAGES = Words("Use one of: {stages}.", "請選用：{stages}。", "请选用：{stages}。")
BOUNCED = Words(
    "This department has already said that the case is not theirs.",
    "此部門已表示個案不屬其職權。",
    "此部门已表示个案不属其职权。",
)
NEW_FACT = Words(
    "Say what is new since then, or choose another department.",
    "請說明其後的新資料，或選擇其他部門。",
    "请说明此后的新资料，或选择其他部门。",
)
REASON_AND_OWNER = Words(
    "A department that says 'not ours' gives its reason and names who should act.",
    "部門表示不屬其職權時，須說明理由並建議負責部門。",
    "部门表示不属其职权时，须说明理由并建议负责部门。",
)
FILL_IN = Words("Fill it in.", "請填寫此項。", "请填写此项。")
OWNER_IS_SELF = Words("You named your own department.", "你建議的是自己的部門。", "您建议的是自己的部门。")
OTHER_OWNER = Words("Name the department that should act.", "請建議應負責的部門。", "请建议应负责的部门。")
BOUND = Words("It already belongs to another bundle.", "已屬另一捆綁，不能再次捆綁。", "已属于另一捆绑，不能再次捆绑。")
UNBIND_FIRST = Words("Unbundle it there first.", "請先在該處解除捆綁。", "请先在该处解除捆绑。")
