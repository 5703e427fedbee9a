"""How the code's words read to people, in Chinese and in English: verbs, roles, limits and the other closed lists.

One place for every skin. A word that a city may change (domains, units, criteria) is not here: it stands in its policy.
Steps have theirs in `rules.lifecycle`, refusals in `models.refusal`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.refusal import Language


class Word(NamedTuple):
    zh: str
    en: str

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


VERBS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        # solicitation
        "submit": Word("申报", "submit"),
        "accept_filing": Word("受理", "accept the filing"),
        "request_supplement": Word("要求补正", "request a supplement"),
        "answer_supplement": Word("提交补正", "answer the supplement"),
        "register": Word("登记", "register"),
        "decline_admission": Word("不予受理", "decline admission"),
        # review
        "ask_consultation": Word("发起会商", "ask for consultation"),
        "give_opinion": Word("发表意见", "give an opinion"),
        "conclude_fair_competition": Word("公平竞争审查结论", "conclude the fair-competition review"),
        "convene_panel": Word("组成评审组", "convene a panel"),
        "give_expert_opinion": Word("专家意见", "give an expert opinion"),
        "recuse": Word("申明回避", "recuse oneself"),
        "recognise": Word("认定", "recognise"),
        "refuse": Word("不予认定", "refuse"),
        "confirm_scene": Word("领导小组确认", "confirm the scene"),
        "list_scene": Word("列入清单", "put on a list"),
        "publish_notice": Word("发布公示", "publish a notice"),
        "raise_objection": Word("提出异议", "raise an objection"),
        "answer_objection": Word("答复异议", "answer an objection"),
        "file_complaint": Word("投诉", "file a complaint"),
        "decide_complaint": Word("投诉处理决定", "decide a complaint"),
        "conclude_complaint": Word("投诉成立后的处理", "say what follows from an upheld complaint"),
        # matching
        "post_challenge": Word("发榜", "post the challenge"),
        "amend_challenge": Word("变更榜单", "amend the challenge"),
        "review_invitation": Word("审核定向邀请", "review the invitation"),
        "submit_bid": Word("揭榜投标", "submit a bid"),
        "withdraw_bid": Word("撤回投标", "withdraw a bid"),
        "open_bids": Word("主持开标", "hold the opening session"),
        "reveal_bid": Word("开标", "reveal a bid"),
        "verify_eligibility": Word("资格与信用核查", "verify eligibility"),
        "score_bid": Word("评分", "score a bid"),
        "award": Word("中榜通知", "award"),
        "decline_award": Word("放弃中榜", "decline the award"),
        "propose_contract": Word("拟定任务书", "propose the contract"),
        "sign_contract": Word("签署任务书", "sign the contract"),
        "compare_racers": Word("赛马中期比较", "compare the racers"),
        "give_up_matching": Word("放弃对接", "give up matching"),
        # trial
        "propose_payment": Word("提请付款", "propose a payment"),
        "approve_payment": Word("审批付款", "decide on a payment"),
        "pay_milestone": Word("支付款项", "pay a milestone"),
        "submit_trial_plan": Word("提交试点方案", "submit a trial plan"),
        "give_trial_opinion": Word("试点方案意见", "give an opinion on a trial plan"),
        "admit_trial": Word("准入", "admit the trial"),
        "return_trial_plan": Word("退回试点方案", "return the trial plan"),
        "refuse_trial": Word("不予准入", "refuse the trial"),
        "start_trial": Word("启动试点", "start the trial"),
        "advance_phase": Word("推进阶段", "advance the phase"),
        "file_report": Word("提交报告", "file a report"),
        "record_reading": Word("登记指标读数", "record a reading"),
        "renew_insurance": Word("续保", "renew the insurance"),
        "suspend_trial": Word("叫停试点", "suspend the trial"),
        "report_fix": Word("提交整改证明", "report the fix"),
        "propose_resumption": Word("提议恢复试点", "propose resumption"),
        "approve_resumption": Word("批准恢复试点", "approve resumption"),
        "terminate_trial": Word("终止试点", "terminate the trial"),
        "prove_rollback": Word("恢复原状证明", "prove the rollback"),
        "file_exit_report": Word("提交退出报告", "file the exit report"),
        "conclude_exit": Word("退出评估结论", "conclude the exit evaluation"),
        "record_fault": Word("记录差错", "record a fault"),
        "report_correction": Word("报告整改完成", "report the correction"),
        "verify_correction": Word("核验整改", "verify the correction"),
        "end_inclusion_early": Word("提前结束包容期", "end the inclusion period early"),
        "lift_supervision": Word("解除正式监管", "lift the formal supervision"),
        "report_incident": Word("报告事件", "report an incident"),
        "acknowledge_incident": Word("签收事件报告", "acknowledge an incident"),
        "report_upward": Word("上报事件", "report an incident upward"),
        "notify_leak": Word("通知个人信息泄露", "give notice of a data leak"),
        "close_incident": Word("事件销号", "close an incident"),
        "analyse_incident": Word("事件分析", "analyse an incident"),
        "verify_incident": Word("核验事件整改", "verify an incident"),
        # acceptance
        "apply_for_acceptance": Word("申请验收", "apply for acceptance"),
        "give_acceptance_opinion": Word("验收意见", "give an acceptance opinion"),
        "check_intellectual_property": Word("知识产权评议", "check the intellectual property"),
        "sign_acceptance_opinion": Word("签署验收意见书", "sign the acceptance opinion"),
        "conclude_acceptance": Word("验收结论", "conclude the acceptance"),
        "submit_rectification": Word("提交整改", "submit the rectification"),
        "record_refund": Word("登记退款", "record a refund"),
        "confirm_refund": Word("确认退款到账", "confirm that a refund came"),
        "ask_fault_tolerance": Word("申请容错", "ask for fault tolerance"),
        "decide_fault_tolerance": Word("容错认定", "decide on fault tolerance"),
        "assess_value": Word("价值评估", "assess the value"),
        # promotion
        "apply_for_benchmark": Word("申报标杆", "apply as benchmark"),
        "give_benchmark_opinion": Word("标杆意见", "give an opinion on a benchmark"),
        "nominate_benchmark": Word("推荐标杆", "nominate as benchmark"),
        "conclude_evaluation": Word("标杆评估结论", "conclude the evaluation"),
        "confirm_benchmark": Word("审定标杆", "confirm the benchmark"),
        "record_benefit": Word("登记激励", "record a benefit"),
        "record_replication": Word("登记复制推广", "record a copy"),
        "record_uptake": Word("登记采购或联合开发", "record a purchase or joint development"),
        "recommend_upward": Word("向上推荐", "recommend upward"),
        "review_benchmark": Word("标杆年度复核", "review the benchmark"),
        "withdraw_benchmark": Word("撤销标杆", "withdraw the benchmark"),
        "inherit_evidence": Word("承接原场景佐证", "inherit the evidence"),
        "reopen_review": Word("重启复核", "re-open the review"),
        "conclude_lineage_review": Word("关联场景复核结论", "conclude the kin review"),
        "suggest_rule_change": Word("建议修改规则", "suggest a change of a rule"),
        "answer_suggestion": Word("答复规则建议", "answer a suggested change"),
        "close_scene": Word("办结", "close the scene"),
        # from any open step
        "withdraw": Word("撤回", "withdraw"),
        "answer_withdrawal": Word("答复撤回", "answer a withdrawal"),
        "terminate": Word("终止", "terminate"),
        "suspend": Word("暂停", "suspend"),
        "resume": Word("恢复", "resume"),
        "return_for_correction": Word("退回修改", "return for correction"),
        "resubmit": Word("重新提交", "resubmit"),
        "request_extension": Word("申请延期", "request an extension"),
        "decide_extension": Word("延期决定", "decide on an extension"),
        "reassign": Word("改派", "reassign"),
        "appeal": Word("申诉", "appeal"),
        "decide_appeal": Word("申诉决定", "decide an appeal"),
        "record_service": Word("登记送达", "record service"),
        "propose_correction": Word("提议更正", "propose a correction"),
        "confirm_correction": Word("确认更正", "confirm a correction"),
        "adopt_policy": Word("适用新版政策", "adopt a policy version"),
        "load_calendar": Word("载入放假通知", "load a holiday notice"),
        "override": Word("领导小组重启环节", "override"),
        "take_over": Word("存量导入", "take over"),
        "confirm_take_over": Word("确认存量导入", "confirm what was taken over"),
        "pass_deadline": Word("到期", "deadline passed"),
        "complain": Word("投诉举报", "complain about a trial"),
        "answer_complaint": Word("答复投诉举报", "answer a complaint about a trial"),
        "request_factor": Word("申请要素保障", "ask for a factor"),
        "answer_factor": Word("答复要素保障", "answer a request for a factor"),
        "ask_green_channel": Word("申请绿色通道", "ask for the green channel"),
        "decide_green_channel": Word("绿色通道决定", "decide on the green channel"),
        "record_finance": Word("登记场景贷、场景保险", "record a loan or an insurance"),
        # among people
        "claim_duty": Word("认领", "claim a duty"),
        "release_duty": Word("退回待领", "release a duty"),
        "transfer_duty": Word("转办", "transfer a duty"),
        "delegate_duty": Word("委办", "delegate a duty"),
        "hand_back_duty": Word("交回委办", "hand a duty back"),
        "nudge": Word("催办", "nudge"),
        "copy_to": Word("抄送", "send a copy"),
        "add_signer": Word("加签", "add a signer"),
        "remove_signer": Word("减签", "remove a signer"),
        "take_back": Word("撤回本人操作", "take back"),
    }
)  # fmt: skip

OFFICE_VERBS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "propose_calendar": Word("提出放假通知", "propose a holiday notice"),
        "confirm_calendar": Word("确认放假通知", "confirm a holiday notice"),
        "propose_directory": Word("提出人员目录", "propose a directory"),
        "confirm_directory": Word("确认人员目录", "confirm a directory"),
        "set_quota": Word("设定指标", "set a quota"),
        "dismiss_event": Word("关闭外部事件", "dismiss an event from outside"),
        # the risk compensation pool
        "pay_into_fund": Word("缴入补偿资金", "pay into the fund"),
        "claim_from_fund": Word("申请风险补偿", "claim from the fund"),
        "withdraw_fund_claim": Word("撤回补偿申请", "withdraw a claim"),
        "propose_compensation": Word("提出补偿意见", "propose a compensation"),
        "approve_compensation": Word("审定补偿", "approve a compensation"),
        "decline_compensation": Word("不予补偿", "decline a compensation"),
        "pay_compensation": Word("拨付补偿", "pay a compensation"),
        "recover_compensation": Word("收回补偿", "recover a compensation"),
    }
)
"""What is done outside any scene: for all of them at once, or in a city's risk compensation pool; permitted in the same
table as the verbs."""

FUND_DUTIES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "fund_proposal": Word("提出补偿意见", "proposal of a compensation"),
        "fund_decision": Word("审定补偿", "decision on a compensation"),
        "fund_payment": Word("拨付补偿", "payment of a compensation"),
    }
)
"""Duties of the risk compensation pool, as letters and inboxes name them."""
CLAIM_STATUSES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "filed": Word("待提出意见", "filed"),
        "proposed": Word("待审定", "proposed"),
        "approved": Word("待拨付", "approved"),
        "paid": Word("已拨付", "paid"),
        "declined": Word("不予补偿", "declined"),
        "withdrawn": Word("已撤回", "withdrawn"),
    }
)

PROPOSAL_STATUSES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "proposed": Word("待确认", "proposed"),
        "confirmed": Word("已确认", "confirmed"),
        "rejected": Word("已否决", "rejected"),
    }
)

ROLES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "platform_office": Word("平台窗口", "platform office"),
        "lead_department": Word("牵头单位", "lead department"),
        "cooperating_department": Word("配合单位", "cooperating department"),
        "scene_owner": Word("发榜方", "scene owner"),
        "st_bureau": Word("科技部门", "S&T bureau"),
        "bidder": Word("揭榜方", "bidder"),
        "expert": Word("专家", "expert"),
        "regulator": Word("监管单位", "regulator"),
        "evaluation_team": Word("评估小组", "evaluation team"),
        "complaint_supervisor": Word("投诉监督单位", "complaint supervisor"),
        "payer": Word("付款单位", "payer"),
        "leading_group": Word("领导小组", "leading group"),
        "auditor": Word("审计", "auditor"),
        "administrator": Word("系统管理员", "administrator"),
        "system": Word("系统", "system"),
        "public": Word("公众", "public"),
    }
)

SUBJECTS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "scene": Word("场景", "scene"),
        "bid": Word("投标", "bids"),
        "score": Word("评分", "scores"),
        "contract": Word("任务书与付款", "contract"),
        "trial": Word("试点与包容期", "trial, inclusion"),
        "incident": Word("事件与责令", "incidents"),
        "acceptance": Word("验收", "acceptance"),
        "promotion": Word("推广", "promotion"),
        "fund": Word("资金池", "fund"),
        "quota": Word("指标", "quotas"),
        "rules": Word("政策、日历与机构", "policy, calendar, organisation"),
        "audit": Word("办理记录与审计", "records, audit"),
    }
)
READINGS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "none": Word("-", "-"),
        "public": Word("公开部分", "public part"),
        "result": Word("名次", "result"),
        "total": Word("总分", "totals"),
        "own": Word("自己的", "own"),
        "own_awarded": Word("中榜后自己的", "own after award"),
        "assigned": Word("所评审的", "assigned"),
        "case": Word("所受理的", "its case"),
        "closed": Word("截止后", "after close"),
        "locked": Word("到齐后", "after lock"),
        "awarded": Word("中榜后", "after award"),
        "all": Word("全部", "all"),
    }
)

STAGES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "solicitation": Word("征集", "solicitation"),
        "review": Word("评审", "review"),
        "matching": Word("对接", "matching"),
        "trial": Word("试点", "trial"),
        "acceptance": Word("验收", "acceptance"),
        "promotion": Word("推广", "promotion"),
        "closed": Word("办结", "closed"),
    }
)

MACHINES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "scene": Word("场景", "scene"),
        "contract": Word("任务书", "contract"),
        "trial": Word("试点", "trial"),
        "inclusion": Word("包容期", "inclusion period"),
        "acceptance": Word("验收", "acceptance"),
    }
)

OUTCOMES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "promoted": Word("已推广", "promoted"),
        "accepted": Word("已验收", "accepted"),
        "not_admitted": Word("不予受理", "not admitted"),
        "refused": Word("不予认定", "refused"),
        "withdrawn": Word("已撤回", "withdrawn"),
        "unmatched": Word("流标", "unmatched"),
        "terminated": Word("已终止", "terminated"),
        "failed": Word("未通过验收", "failed"),
    }
)

STATUSES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "open": Word("进行中", "open"),
        "paused": Word("暂停计时", "paused"),
        "overdue": Word("逾期", "overdue"),
    }
)
"""Of a deadline."""

OBJECTIONS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "raised": Word("待答复", "raised"),
        "answered": Word("已答复", "answered"),
        "complaint": Word("投诉处理中", "with the supervisor"),
        "to_conclude": Word("成立，待领导小组处理", "upheld, to be concluded on"),
        "upheld": Word("成立", "upheld"),
        "settled": Word("已了结", "settled"),
    }
)

COMPLAINT_OUTCOMES: Final[Mapping[str, Word]] = MappingProxyType(
    {"stands": Word("结果维持", "the result stands"), "done_again": Word("重新办理", "done again")}
)
"""What the leading group said of a result that a complaint was upheld against."""

INCIDENTS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "reported": Word("待分析", "reported"),
        "ordered": Word("整改中", "ordered to be mended"),
        "investigated": Word("待销号", "investigated, to be closed"),
        "closed": Word("已销号", "closed"),
    }
)

NOTIFICATIONS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "duty_set": Word("新的待办", "new duty"),
        "duty_moved": Word("期限有变动", "date changed"),
        "reminder": Word("到期提醒", "reminder"),
        "handed_over": Word("已改派", "given to another"),
        "decision": Word("不利决定", "adverse decision"),
        "document": Word("文书", "official document"),
        "nudge": Word("催办", "nudge"),
        "copy": Word("抄送", "copy"),
        "duty_over": Word("待办已取消", "duty withdrawn"),
        "stop_threshold": Word("指标越过叫停值", "an indicator is past its stop threshold"),
        "closed": Word("场景已结束", "scene closed"),
    }
)
LEVELS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "remind": Word("提醒", "reminder"),
        "yellow": Word("黄色预警", "yellow alert"),
        "orange": Word("橙色预警", "orange alert"),
        "red": Word("红色预警", "red alert"),
        "assessment": Word("计入年度考核", "goes into the yearly assessment"),
    }
)
NOTICES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "recognition": Word("认定", "recognition"),
        "ranking": Word("排名", "ranking"),
        "acceptance": Word("验收", "acceptance"),
        "benchmark": Word("标杆", "benchmark"),
    }
)
PANELS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "recognition": Word("认定评审", "recognition"),
        "scoring": Word("揭榜评分", "scoring"),
        "acceptance": Word("验收评审", "acceptance"),
        "exit": Word("退出评估", "exit evaluation"),
    }
)
"""What a panel of experts is convened for."""

RISKS: Final[Mapping[str, Word]] = MappingProxyType(
    {"low": Word("低", "low"), "medium": Word("中", "medium"), "high": Word("高", "high")}
)

PHASES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "test": Word("测试", "test"),
        "demonstration": Word("示范", "demonstration"),
        "pilot": Word("试运行", "pilot"),
    }
)
PLAN_PARTS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "within.areas": Word("区域", "areas"),
        "within.scale": Word("规模", "scale"),
        "within.users": Word("对象", "users"),
        "within.windows": Word("时段", "windows"),
        "within.data": Word("个人信息", "personal data"),
        "safeguards": Word("保障措施", "safeguards"),
        "kpis": Word("指标", "indicators"),
        "kpis.stop": Word("叫停值", "stop thresholds"),
    }
)
"""What a risk profile may ask of a plan (`models.vocabulary.PlanPart`)."""
GATE_CONDITIONS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "phase": Word("应完成阶段", "phase to pass"),
        "time": Word("最短时间", "shortest time"),
        "kpi": Word("指标", "indicator"),
        "incident": Word("未结事件", "open incident"),
        "order": Word("未结整改", "open order"),
        "overdue": Word("逾期报告", "overdue report"),
        "reports": Word("定期报告", "regular reports"),
    }
)
"""What a phase's gate may still ask for."""
CHECK_ANSWERS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "found": Word("已核实", "found"),
        "not_applicable": Word("不适用", "not applicable"),
        "failed": Word("未通过", "failed"),
    }
)
POSITIONS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "agree": Word("同意", "agrees"),
        "agree_with_conditions": Word("有条件同意", "agrees with conditions"),
        "object": Word("反对", "objects"),
    }
)
VERDICTS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "passed": Word("通过", "passed"),
        "conditional": Word("有条件通过", "conditional"),
        "retrial": Word("重新试点", "re-trial"),
        "failed": Word("不合格", "failed"),
    }
)
"""How an acceptance is concluded."""
PAYMENTS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "proposed": Word("已提请", "proposed"),
        "approved": Word("已批准", "approved"),
        "paid": Word("已支付", "paid"),
    }
)

TRACKS: Final[Mapping[str, Word]] = MappingProxyType(
    {"sandbox": Word("沙盒试点", "sandbox"), "fast": Word("快速通道", "fast")}
)

TURNS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "set": Word("设定", "set"),
        "moved": Word("变更", "moved"),
        "paused": Word("暂停计时", "paused"),
        "met": Word("办结", "met"),
        "passed": Word("到期", "passed"),
        "cancelled": Word("取消", "cancelled"),
    }
)
"""What happens to a deadline."""
TURN_REASONS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "extension": Word("延期", "extension"),
        "resumption": Word("恢复计时", "resumption"),
        "calendar": Word("放假通知", "calendar notice"),
        "reassignment": Word("改派", "reassignment"),
        "change": Word("事项变更", "change of the matter"),
    }
)
DAY_KINDS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "workday": Word("工作日", "working day"),
        "makeup_workday": Word("调休上班", "make-up workday"),
        "weekend": Word("周末", "weekend"),
        "holiday": Word("放假", "holiday"),
    }
)
NOT_ELIGIBLE: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "risk": Word("风险等级为", "risk"),
        "credit": Word("信用等级为", "credit"),
        "breached before": Word("此前已触碰红线", "breached before"),
        "no commitment and credit check": Word("未作信用承诺和信用核查", "no commitment and credit check"),
    }
)
"""Why there is no inclusion period; risk and credit say which."""
UNITS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "hours": Word("小时", "hours"),
        "workdays": Word("个工作日", "workdays"),
        "days": Word("日", "days"),
        "months": Word("个月", "months"),
        "years": Word("年", "years"),
    }
)

MEASURES: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "tolerated": Word("不予处罚", "not punished"),
        "remind": Word("提醒", "reminder"),
        "advise": Word("指导", "advice"),
        "interview": Word("约谈", "interview"),
        "order": Word("责令限期改正", "order to correct"),
        "breach": Word("阶梯用尽，包容期终止", "end of the ladder: breach"),
        "red_line": Word("触碰红线，包容期终止", "red line: breach"),
    }
)
"""What becomes of a fault in an inclusion period."""
FIRST_FAULT: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "first": Word("初次", "first"),
        "minor": Word("轻微", "minor"),
        "corrected": Word("已改正", "corrected"),
        "harmless": Word("无危害后果", "harmless"),
    }
)
"""The four findings on a fault that is not punished."""

LIMITS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "call_window": Word("征集期", "call open"),
        "completeness": Word("完整性核查", "completeness check"),
        "supplement": Word("补正", "supplement"),
        "registration": Word("登记", "registration"),
        "consultation_start": Word("发起会商", "start of the consultation"),
        "consultation": Word("会商意见", "consultation"),
        "deadlock": Word("会商未决处理", "settling the deadlock"),
        "fair_competition": Word("公平竞争审查", "fair-competition review"),
        "expert_review": Word("专家评审与认定", "expert review"),
        "confirmation": Word("领导小组确认", "confirmation"),
        "notice_publication": Word("发布公示", "publication of the notice"),
        "public_notice": Word("公示期", "public notice"),
        "objection": Word("异议答复", "answer to the objection"),
        "complaint_window": Word("投诉期", "time to complain"),
        "complaint": Word("投诉处理", "decision on the complaint"),
        "complaint_outcome": Word("投诉成立后的处理", "what follows from an upheld complaint"),
        "listing": Word("列入清单", "listing"),
        "posting": Word("发榜", "posting the challenge"),
        "bidding": Word("张榜期", "bidding"),
        "amendment": Word("榜单变更", "amendment"),
        "invitation_review": Word("定向邀请审核", "review of an invitation"),
        "opening_session": Word("开标会", "opening session"),
        "bid_opening": Word("开标", "opening of bids"),
        "eligibility": Word("资格核查", "eligibility check"),
        "scoring": Word("评分", "scoring"),
        "award": Word("中榜通知", "award notice"),
        "contract": Word("签订任务书", "signing the contract"),
        "reissue": Word("重新发榜", "re-issue"),
        "payment": Word("款项支付", "payment"),
        "race_comparison": Word("赛马中期比较", "comparison of the racers"),
        "trial_plan": Word("编制试点方案", "trial plan"),
        "trial_opinion": Word("试点方案意见", "opinion on the trial plan"),
        "admission": Word("准入审查", "admission"),
        "start": Word("启动通知", "start notice"),
        "trial": Word("试点期", "trial"),
        "insurance": Word("保险期", "insurance"),
        "report": Word("定期报告", "regular report"),
        "midterm": Word("中期报告", "midterm report"),
        "fix": Word("整改", "fix"),
        "resumption": Word("恢复决定", "decision on resumption"),
        "rollback": Word("恢复原状", "rollback"),
        "exit_evaluation": Word("退出评估", "exit evaluation"),
        "inclusion": Word("包容期", "inclusion period"),
        "supervision": Word("正式监管决定", "decision under formal supervision"),
        "correction_order": Word("责令整改", "order to correct"),
        "correction_check": Word("核验整改", "verification of a correction"),
        "incident_report": Word("事件报告", "incident report"),
        "incident_analysis": Word("事件分析", "incident analysis"),
        "incident_acknowledgement": Word("签收事件报告", "acknowledgement of the incident"),
        "incident_close": Word("事件销号", "closing of the incident"),
        "casualty_report": Word("伤亡事件上报", "report upward of a casualty"),
        "upward_report": Word("事件上报", "report upward"),
        "leak_notice": Word("个人信息泄露通知", "notice of a data leak"),
        "acceptance_application": Word("申请验收", "application for acceptance"),
        "delivery": Word("交付", "delivery"),
        "acceptance_review": Word("验收评审", "acceptance review"),
        "acceptance_opinion": Word("验收征求意见", "opinions on the result"),
        "rectification": Word("验收整改", "rectification"),
        "refund": Word("退款", "refund"),
        "refund_receipt": Word("确认退款到账", "receipt of a refund"),
        "fault_tolerance": Word("容错认定", "finding on fault tolerance"),
        "nomination": Word("推荐标杆", "nomination"),
        "evaluation": Word("标杆评估", "evaluation"),
        "yearly_review": Word("年度复核", "yearly review"),
        "lineage_review": Word("关联场景复核", "review after a kin scene"),
        "suggestion": Word("答复规则建议", "answer to a suggested change"),
        "service": Word("送达", "service"),
        "appeal_window": Word("申诉期", "time to appeal"),
        "appeal": Word("申诉处理", "decision on the appeal"),
        "resubmission": Word("修改重报", "resubmission"),
        "withdrawal_consent": Word("答复撤回", "answer to the withdrawal"),
        "take_over_confirmation": Word("确认存量导入", "confirmation of a takeover"),
        "complaint_answer": Word("投诉举报答复", "answer to the complaint"),
        "factor": Word("要素保障答复", "answer on a factor"),
        "green_channel": Word("绿色通道决定", "decision on the green channel"),
        "extension_answer": Word("答复延期", "answer to the extension"),
    }
)  # fmt: skip
"""What each limit of a policy (`models.policy.Limits`) gives time for; also the names of deadlines."""
