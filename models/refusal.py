"""Refusals: a stable code, and a text in Chinese and English that says what is wrong and what to do next.

Errors map by code, never by text. The codes are part of the interface: one is never renamed or reused.
"""

from typing import Literal

Language = Literal["zh", "en"]

REFUSALS: dict[str, tuple[str, str]] = {
    "already_closed": (
        "场景已办结（{outcome}），不再接受操作。",
        "The scene is closed ({outcome}); nothing more can be done in it.",
    ),
    "already_submitted": (
        "场景编号 {scene} 已被使用，请换一个编号。",
        "The scene id {scene} is in use; choose another one.",
    ),
    "not_submitted": ("场景尚未申报，请先申报。", "The scene was not submitted yet; submit it first."),
    "wrong_step": (
        "当前环节“{step}”不能执行“{verb}”。可执行：{possible}。",
        "{verb} is not possible at the step {step}. Possible now: {possible}.",
    ),
    "wrong_bidder_step": (
        "{bidder} 的{machine}处于“{step}”，不能执行“{verb}”。可执行：{possible}。",
        "{verb} is not possible for {bidder}, whose {machine} is at {step}. Possible now: {possible}.",
    ),
    "unknown_bidder": (
        "本场景没有名为 {bidder} 的揭榜方参与此环节。已参与：{known}。",
        "{bidder} has no part of this kind in the scene. Taking part: {known}.",
    ),
    "not_permitted": (
        "角色“{role}”无权执行“{verb}”。有权角色：{allowed}。",
        "The role {role} may not {verb}. Roles that may: {allowed}.",
    ),
    "not_readable": (
        "{unit}（“{role}”）现在不能查看{subject}。可以查看的角色（各按政策的范围和时点）：{allowed}。",
        "{unit} ({role}) may not read this now: {subject}. Who may, each as the policy says: {allowed}.",
    ),
    "not_your_part": (
        "{unit} 在本场景不是“{role}”（应为：{expected}）。",
        "{unit} is not this scene's {role} (that is: {expected}).",
    ),
    "unknown_unit": (
        "政策文件中没有单位“{unit}”。相近：{near}。",
        "The city's policy knows no unit {unit}. Near: {near}.",
    ),
    "unknown_domain": (
        "政策文件中没有领域“{domain}”。可选：{known}。",
        "The city's policy knows no domain {domain}. It knows: {known}.",
    ),
    "unknown_class": (
        "“{what}”不得填“{value}”：本市政策列出的有：{known}。",
        "{what} can not be {value}; the city's policy lists: {known}.",
    ),
    "unknown_level": (
        "本市没有标杆等级“{level}”。可选（由低到高）：{known}。",
        "The city has no benchmark level {level}. It has, lowest first: {known}.",
    ),
    "level_not_higher": (
        "本场景已是“{held}”标杆，“{level}”不高于它。可提升至：{higher}。",
        "The scene is a benchmark at {held} already; {level} is not above it. It can be raised to: {higher}.",
    ),
    "level_too_low": (
        "向{to}推荐须为“{least}”以上标杆，本场景为“{level}”：请先申请提升等级（nominate_benchmark）。",
        "Only a benchmark at {least} or above is recommended to {to}, not {level}: raise it (nominate_benchmark).",
    ),
    "unknown_upward": (
        "本市政策没有推荐去向“{to}”。可选：{known}。",
        "The city's policy recommends to nobody called {to}. Known: {known}.",
    ),
    "unknown_case_type": (
        "本市没有案例类型“{case_type}”。可选：{known}。",
        "The city has no type of case {case_type}. It has: {known}.",
    ),
    "wrong_city": (
        "申报城市为“{city}”，而该政策属于“{expected}”。",
        "The application is for {city}, but the policy is that of {expected}.",
    ),
    "stale": (
        "你看到的是第 {seen} 号记录，之后 {subject} 已在第 {changed} 号变更。请刷新后重新决定。",
        "You saw entry {seen}; {subject} changed since, at entry {changed}. Look again and decide anew.",
    ),
    "seen_ahead": (
        "所称已见记录 {seen} 超过场景现有记录 {sequence}。请刷新。",
        "You say you saw entry {seen}, but the scene has {sequence}. Look again.",
    ),
    "command_id_reused": (
        "命令编号 {command_id} 已用于另一内容的命令，请使用新编号。",
        "The command id {command_id} was used for a command of other content; use a new id.",
    ),
    "too_large": (
        "命令共 {size} 字节，上限 {limit} 字节。请以文件哈希代替正文。",
        "The command has {size} bytes; the limit is {limit}. Refer to documents by their hash.",
    ),
    "malformed": ("命令内容有误：{problem}", "The command is malformed: {problem}"),
    "unknown_verb": ("没有名为“{verb}”的操作。相近：{near}。", "There is no command {verb}. Near: {near}."),
    "unknown_scene": ("没有编号为 {scene} 的场景。", "There is no scene {scene}."),
    "suspended": (
        "场景自 {since} 起暂停，只可执行：{possible}。",
        "The scene is suspended since {since}; possible now: {possible}.",
    ),
    "not_suspended": ("场景并未暂停。", "The scene is not suspended."),
    "effective_in_future": (
        "生效日期 {effective_on} 晚于今天 {today}。",
        "The effective date {effective_on} is after today, {today}.",
    ),
    "effective_too_old": (
        "生效日期 {effective_on} 早于政策允许的补录下限 {earliest}。",
        "The effective date {effective_on} is before {earliest}, the earliest the policy lets be entered.",
    ),
    "effective_without_document": (
        "补录须附原始文件的哈希（effective_document）。",
        "A paper act is entered with the hash of its document (effective_document).",
    ),
    "effective_before_step": (
        "生效日期 {effective_on} 早于本环节开始日期 {entered_on}。",
        "The effective date {effective_on} is before this step began, on {entered_on}.",
    ),
    "not_due": ("{at} 尚未到期。", "{at} is not due yet."),
    "ledger_behind": (
        "账本暂不可用且待记录内容过多，请稍后用同一命令编号重试。",
        "The ledger is away and too much waits to be recorded; try again later with the same command id.",
    ),
    "step_off": ("本市政策未启用环节“{step}”。", "This city's policy does not use the step {step}."),
    # solicitation
    "self_check_missing": (
        "公平竞争自查未通过，不能申报；请先整改。",
        "The fair-competition self-check has not passed; mend that before submitting.",
    ),
    "call_not_open": (
        "征集批次 {batch} 自 {opened_on} 起开放。",
        "The call {batch} opens on {opened_on}.",
    ),
    "call_closed": (
        "征集批次 {batch} 已于 {closed_on} 截止。",
        "The call {batch} closed on {closed_on}.",
    ),
    "supplement_once": (
        "补正清单只能一次性告知，已告知过。",
        "The list of what is missing is given once and completely; it was given already.",
    ),
    "duplicate_scene": (
        "查重结论为重复建设，不能登记；请作出不予受理决定或修改结论。",
        "The check found a duplicate; decline admission or change the finding.",
    ),
    # review
    "rounds_used_up": (
        "会商最多 {rounds} 轮，已用完；请退回、拒绝或报领导小组。",
        "The departments may be asked {rounds} times; return, refuse or ask the leading group.",
    ),
    "opinion_already_given": (
        "{unit} 已于本轮发表意见；如有误请走更正。",
        "{unit} has given its opinion in this round; correct it if it is wrong.",
    ),
    "silent_already": (
        "{unit} 的答复期限已过，本轮按沉默计；如需再征求意见，由牵头单位另行发起。",
        "The time of {unit} is over, and its silence counts in this round; the lead may ask again.",
    ),
    "not_asked": ("{unit} 不在本轮征求意见之列。", "{unit} was not asked in this round."),
    "conditions_missing": (
        "有条件同意须写明条件。",
        "An agreement with conditions names them.",
    ),
    "unfair_gate": (
        "参与条件涉及{kinds}，违反公平竞争（地域、业绩、规模、企业性质），请删除。",
        "Entry conditions on {kinds} are unfair (region, track record, size, ownership); remove them.",
    ),
    "panel_too_small": (
        "评审组至少 {minimum} 人，现 {size} 人。",
        "A panel has at least {minimum} members, not {size}.",
    ),
    "panel_even": ("评审组人数须为单数，现 {size} 人。", "A panel has an odd number of members, not {size}."),
    "panel_too_few_experts": (
        "评审组专家占比须不低于 {share}，现 {experts}/{size}。",
        "At least {share} of a panel are experts, not {experts}/{size}.",
    ),
    "panel_duplicate": ("{person} 在名单中出现两次。", "{person} stands twice in the panel."),
    "panel_conflict": (
        "{person} 所在单位 {unit} 与本事项有利害关系，须回避。",
        "{person} belongs to {unit}, which has an interest in the matter: recusal.",
    ),
    "panel_overlap": (
        "曾参加本场景评审（含退出评估）的人员占比 {overlap}，超过上限 {share}。",
        "{overlap} of the panel sat on the scene's reviews before (a trial's exit too); at most {share} may.",
    ),
    "panel_drawn": (
        "本市评审组成员由随机抽取产生：请给出专家库（pool）和人数（size），不得指定成员。",
        "Members are drawn by lot here: give a pool and a size, and name nobody.",
    ),
    "pool_too_small": (
        "专家库不足：须抽 {size} 人、其中专家 {experts} 人，可抽 {free} 人，回避 {excused} 人。",
        "The pool is too small: {size} with {experts} experts are to be drawn, {free} may sit, {excused} are excused.",
    ),
    "pool_too_narrow": (
        "候选人太少：抽取 {size} 人至少须有 {needed} 名可参评的候选人，现有 {free} 名（另有 {excused} 名回避）。",
        "Too few to draw from: for {size} seats {needed} who may sit, here {free}, and {excused} excused; add more.",
    ),
    "drawn_already": (
        "评审组已抽定，成员回避的由下一顺位递补。确须重抽，请写明理由（reasons）和另一名经办人（with_officer）。",
        "The panel is drawn. Who recuses is followed by the next drawn; to draw anew give reasons and with_officer.",
    ),
    "nothing_to_redraw": (
        "理由（reasons）和另一名经办人（with_officer）只在重新抽取时填写，请删去后再办。",
        "`reasons` and `with_officer` are for drawing a panel again; leave them out.",
    ),
    "panel_already": (
        "评审组已组成且已有成员发表意见。",
        "The panel stands and a member has spoken already.",
    ),
    "no_panel": ("尚未组成评审组。", "No panel was convened yet."),
    "not_assigned": (
        "{person} 不是本场景任何在任评审组的成员，不能就此提出意见。请由参加过本场景评审的专家提出，或由配合单位提出。",
        (
            "{person} sits on no panel of this scene that stands, and advises on nothing here. Let an expert who does, "
            "or a cooperating department, speak."
        ),
    ),
    "not_on_panel": ("{person} 不是该评审组成员。", "{person} is not on this panel."),
    "already_reviewed": ("{person} 已提交评审意见。", "{person} has given this review already."),
    "not_the_convener": (
        "“{purpose}”专家组由 {conveners} 组建，“{role}”不能组建。",
        "A panel for {purpose} is convened by {conveners}, not by {role}.",
    ),
    "no_exit_panel": (
        "本市政策对 {bidder} 的试点不要求专家组退出评估：由监管单位直接作结论（conclude_exit）。",
        "The policy asks no panel about the exit of {bidder}'s trial: the regulator concludes it (conclude_exit).",
    ),
    "exit_panel_missing": (
        "退出评估须先由专家组提出建议：请组建专家组（convene_panel，purpose=exit，bidder={bidder}），听取后再作结论。",
        "Experts evaluate the exit first: convene a panel (convene_panel, purpose exit, bidder {bidder}) and hear it.",
    ),
    "exit_against_panel": (
        "专家组 {size} 人中 {yes} 人建议合格（须 {needed} 人），所作结论与之不同：请在 against_panel 中写明理由。",
        "{yes} of {size} members find it fit ({needed} are needed); your conclusion differs: say why (against_panel).",
    ),
    "marks_incomplete": (
        "每项评分指标须各打一次分。缺：{missing}；多余或重复：{unknown}。请在 marks 中补齐。",
        "Every criterion is marked once. Missing: {missing}; unknown or twice: {unknown}. Complete `marks`.",
    ),
    "mark_out_of_range": (
        "“{criterion}”满分 {points} 分，所打分数超过满分。",
        "{criterion} has at most {points} points; the mark is above that.",
    ),
    "marks_contradict": (
        "总分 {total} 低于合格线 {mark}，不能建议通过：请改分数，或建议不通过。",
        "{total} points in all are below the pass mark of {mark}: change the marks, or do not recommend it.",
    ),
    "panel_incomplete": (
        "还有 {missing} 位成员未提交评审意见。",
        "{missing} members of the panel have not given their review yet.",
    ),
    "panel_not_for": (
        "评审组推荐 {yes}/{size}，未达 {needed}，不能认定。",
        "The panel recommends with {yes} of {size}, below the {needed} needed; it cannot be recognised.",
    ),
    "notice_not_due": ("目前没有应发布的“{about}”公示。", "No public notice about {about} is due now."),
    "no_open_notice": (
        "目前没有可提异议的“{about}”公示。",
        "No public notice about {about} is open to objections now.",
    ),
    "real_name_needed": ("异议须实名、书面提出。", "An objection is raised in a real name and in writing."),
    "unknown_objection": ("没有编号为 {objection} 的异议。", "There is no objection {objection}."),
    "objection_not_open": (
        "异议 {objection} 处于“{status}”，不能执行该操作。",
        "The objection {objection} is {status}; this is not possible now.",
    ),
    "decided_before": (
        "{person} 参与过原决定，不得处理本事项。",
        "{person} took part in the decision in question and may not deal with this.",
    ),
    # duties kept apart
    "drafter_decides": (
        "起草与审批须由不同的人办理：{person} 已在本场景参与“{did}”，不得再执行“{verb}”。",
        "Who drafts and who decides are two persons: {person} had a hand in this scene as {did} and may not {verb}.",
    ),
    "path_unproven": (
        "本场景凭人员目录办理（第 {version} 版），代办路径“{path}”没有目录依据；请凭目录办理，或由本人办理。",
        "This scene goes by the directory (version {version}), not by a word: {path}. Act by it, or for yourself.",
    ),
    "award_of_another": (
        "中榜结果只能由有权定榜的一方（{allowed}）提出更正，“{role}”不能；请告知其办理。",
        "An award is corrected by those who may make one ({allowed}), not by the {role}; tell them.",
    ),
    "funding_exceeded": (
        "榜单预算 {budget} 元超过本场景申报的资金 {funding} 元；请降低预算，或以足额资金重新申报。",
        "The challenge's {budget} yuan exceed the scene's funding of {funding} yuan; post less, or apply with more.",
    ),
    "lookalikes_not_looked_at": (
        "系统提示了相似场景（{proposed}），查重未写明比对过哪些；请逐一比对后写明（looked_at），再登记。",
        "Look-alikes were proposed ({proposed}), the check names none; compare, name them (looked_at), then register.",
    ),
    "decider_drafts": (
        "{person} 已在本场景参与“{did}”，不得再代表发榜方执行“{verb}”；请由发榜方未参与审批的人员办理。",
        "{person} had a hand in {did} here and may not {verb} for the owner: somebody else of the owner's does.",
    ),
    "decider_publishes": (
        "作出决定与发布须由不同的人办理：{person} 已参与“{did}”，不得再执行“{verb}”。",
        "Who decides and who publishes are two persons: {person} had a hand in {did} and may not {verb}.",
    ),
    "own_bid": (
        "{person} 曾在本场景代表揭榜方行事，不得执行“{verb}”，须回避。",
        "{person} has acted for a bidder in this scene and may not {verb}: recusal.",
    ),
    "own_unit_bids": (
        "{unit} 自身或以联合体参与揭榜，不得评判本场景，须回避。",
        "{unit} bids itself or in a consortium and may not judge in this scene: recusal.",
    ),
    "tied_to_owner": (
        "您（或被代理人）所属单位与发榜方 {owner} 有关联，不得执行“{verb}”，须回避，请转由他人办理。",
        "You, or whom you act for, are tied to the owner {owner} and may not {verb}: recusal; pass it on.",
    ),
    "owner_affiliate": (
        "投标人或其经办人与发榜方 {owner} 有隶属或任职关系，依本市政策不得投标（招标投标法实施条例第三十四条）。",
        "The bidder, or who acts for it, belongs to the owner {owner}; the policy lets it not bid.",
    ),
    "public_speaks_for_itself": (
        "公众以本人名义办理，不得自称代理 {person}；投诉可由原异议人的代理人提出。",
        "A member of the public acts in their own name, not for {person}; who objected may have a complaint filed.",
    ),
    "bids_as_judge": (
        "{person} 已在本场景参与“{did}”，不得再代表揭榜方投标。",
        "{person} had a hand in {did} in this scene and may not bid in it.",
    ),
    "decides_and_judges": (
        "{person} 已在本场景参与“{did}”，不得再执行“{verb}”：组织、核查、决定与评审须由不同的人承担，请换人。",
        "{person} had a hand in {did} and may not {verb}: who convenes, checks or decides does not judge.",
    ),
    "bids_for_two": (
        "{person} 已为另一揭榜方投标，同一人不得代两家办理投标（招标投标法实施条例第四十条），请换人。",
        "{person} has bid for another bidder; nobody bids for two (bidding law regulations, article 40). Send another.",
    ),
    "other_side": (
        "{person} 已为另一方行事（{did}），不得再代表本方执行“{verb}”。",
        "{person} has acted for another side ({did}) and may not {verb} for this one.",
    ),
    "panel_took_sides": (
        "{person} 曾在本场景代表发榜方或揭榜方行事，不得担任评审，须回避。",
        "{person} has acted for the owner or a bidder of this scene and may not sit on its panels: recusal.",
    ),
    "opened_bids": (
        "{person} 主持过本场景的开标，不得再核查或评审投标（{verb}），请换一人。",
        "{person} held the opening of the bids in this scene and may not {verb}; somebody else checks and judges them.",
    ),
    "seat_is_personal": (
        "评审席位须本人履行，{person} 不得代他人评审。",
        "A seat on a panel is personal; {person} may not speak on somebody's behalf.",
    ),
    "second_officer_missing": (
        "责令、准入和开标须由两名工作人员办理，请以 with_officer 注明另一人。",
        "An order, this admission, and the opening of bids take two officers; name the second (with_officer).",
    ),
    "officer_verifies": (
        "{person} 是该责令的执法人员之一，核验须由第三人办理。",
        "{person} is one of the officers of this order; a third person verifies it.",
    ),
    "proposer_approves": (
        "提名、评估与审定须由不同的人办理：{person} 已参与“{did}”，不得再执行“{verb}”。",
        "Nominating, evaluating and confirming are apart: {person} had a hand in {did} and may not {verb}.",
    ),
    "approver_pays": (
        "提出、审定与兑付须由不同的人办理：{person} 已参与“{did}”，不得再执行“{verb}”。",
        "Proposing, approving and paying are apart: {person} had a hand in {did} and may not {verb}.",
    ),
    "ordered_before": (
        "{person} 参与作出了该责令（{did}），不得自行决定其延期，请由另一人决定。",
        "{person} issued this order ({did}); somebody else decides whether it gets more time.",
    ),
    "granted_before": (
        "{person} 准予了该包容期，不得自行决定其延期。",
        "{person} granted this inclusion period and may not decide on its extension.",
    ),
    "delegation_cycle": (
        "委托链 {path} 中有人出现两次，请核对代理关系。",
        "Somebody stands twice in the delegation {path}; check on whose behalf you act.",
    ),
    # matching
    "unknown_mode": ("本市政策未启用“{mode}”。可选：{known}。", "This city does not use {mode}. It uses: {known}."),
    "closes_too_early": (
        "截止日期 {closes_on} 早于最短期限 {earliest}。",
        "The close {closes_on} is before the earliest allowed, {earliest}.",
    ),
    "findings_missing": (
        "认定须逐项说明本市认定标准，尚缺：{missing}。",
        "A scene is recognised by the city's standard, each criterion of it; still missing: {missing}.",
    ),
    "unknown_criterion": (
        "认定标准中没有：{unknown}；本市的标准：{known}。",
        "The recognition standard has no {unknown}; this city's is: {known}.",
    ),
    "invitation_missing": (
        "“{mode}”须列明受邀方及理由。",
        "{mode} names whom it invites, and why.",
    ),
    "not_invited": ("{bidder} 未受邀参与本榜单。", "{bidder} was not invited to this challenge."),
    "budget_exceeded": (
        "金额 {amount} 元超过上限 {cap} 元。",
        "{amount} yuan is above the cap of {cap} yuan.",
    ),
    "own_scene": (
        "{bidder} 是本场景的发榜方或审查单位，不得揭榜。",
        "{bidder} owns or reviews this scene and may not bid for it.",
    ),
    "commitment_copied": (
        "该承诺值已用于另一份投标，请用自己的随机串重新计算。",
        "This commitment stands in another bid; make one with a nonce of your own.",
    ),
    "already_bid": ("{bidder} 已投标；如需更换请先撤回。", "{bidder} has bid; withdraw that bid first."),
    "commitment_mismatch": (
        "开标内容与投标时的承诺哈希不一致。",
        "What is revealed does not match the commitment made with the bid.",
    ),
    "unknown_wording": (
        "findings 中的 {wording} 没有被提示，无须说明，请删去；被提示的表述：{known}。",
        "Nobody flagged {wording}: take it out of `findings`. Flagged: {known}.",
    ),
    "unanswered_wording": (
        "下列表述可能限制竞争：{wording}。请改写，或在 findings 中逐项写明 wording 和 reasons，由人判断。",
        "This wording may keep some from taking part: {wording}. Change it, or answer each in `findings`.",
    ),
    "no_race": (
        "没有可比较的赛马：须以赛马方式发榜，且至少两家在试点中（现为：{racing}）。",
        "There is no race to compare: it takes a horse-race challenge and two trials that run (running: {racing}).",
    ),
    "other_racers": (
        "须对全部在赛者逐一说明：{racers}；所列为 {named}。终止的只能是其中一家。",
        "Findings are needed on each who races and on nobody else: {racers}. Named: {named}. One of them may be ended.",
    ),
    "race_too_young": (
        "{bidder} 的试点未过 {share}，最早可于 {earliest} 比较。",
        "The trial of {bidder} has not reached {share} of its time; compare on {earliest} at the earliest.",
    ),
    "ends_the_better": (
        "{bidder} 得 {points} 分，高于继续试点的 {worse}，不能终止得分较高者。",
        "{bidder} has {points} points, more than {worse}, who would go on; end the one with fewer.",
    ),
    "votes_open": (
        "评审组全体已发表意见，意见已公开，不得再撤回或申明回避；有利害关系的，请在公示期提出异议。",
        "The whole panel has spoken and its votes are open: no taking back, no recusal; a tie is for an objection.",
    ),
    "panel_recused": (
        "{person} 已在本场景申明回避，不得再入评审组，请换人。",
        "{person} recused themselves in this scene and sits on no panel of it again; name somebody else.",
    ),
    "legal_basis_unlisted": (
        "发榜方式“{mode}”须从下列法律依据中注明一项：{known}；所写为“{basis}”。",
        "The mode {mode} rests on one of these legal bases: {known}. Given: {basis}.",
    ),
    "invited_number": (
        "发榜方式“{mode}”须邀请 {fewest} 至 {most} 家，现为 {invited} 家。",
        "The mode {mode} invites {fewest} to {most} bidders; {invited} are named.",
    ),
    "invitation_not_reviewed": (
        "定向邀请的理由尚未经牵头单位审核（review_invitation），暂不能投标；通过后投标期重新计足。",
        "The lead department has not reviewed the invitation yet (review_invitation); the time to bid runs from there.",
    ),
    "invitation_reviewed_already": (
        "定向邀请已审核；理由有变的，请发榜方变更榜单或重新发榜。",
        "The invitation was reviewed already; where its reasons changed, the owner amends the challenge.",
    ),
    "nobody_invited": (
        "该发榜方式不定向邀请，无需审核。",
        "The challenge is open to everybody; there is no invitation to review.",
    ),
    "bids_not_open": (
        "尚未召开开标会，不能公开投标内容。请平台窗口由两名工作人员主持开标（open_bids）。",
        "The opening session was not held yet. Two officials of the platform office hold it first (open_bids).",
    ),
    "bids_open_already": (
        "开标会已由 {officers} 主持，请揭榜方公开投标内容（reveal_bid）。",
        "The opening session was held by {officers}; the bidders reveal their bids now (reveal_bid).",
    ),
    "already_revealed": ("{bidder} 已开标。", "{bidder} has opened its bid already."),
    "already_verified": ("{bidder} 已完成资格核查。", "The eligibility of {bidder} was verified already."),
    "commitment_unsigned": (
        "未签信用承诺的投标不能通过资格核查。",
        "A bid without the signed credit commitment is not eligible.",
    ),
    "members_unverified": (
        "联合体成员须逐一核查，各一次，且不含其他单位。缺：{missing}；多：{extra}。",
        "Verify every member of the consortium once, and nobody else. Missing: {missing}; too many: {extra}.",
    ),
    "member_not_eligible": (
        "联合体成员 {units} 不合格或未签信用承诺，投标不能通过资格核查。",
        "{units} of the consortium are not eligible or have not signed the commitment: the bid is not eligible.",
    ),
    "in_two_bids": (
        "{units} 也参加了 {others} 的投标，相关投标均无效。请先核查后者；成员未在其中签信用承诺的，不算参加。",
        "Also in the bid of {others}: {units}; neither is valid. Verify that bid first: only who signed is in it.",
    ),
    "not_eligible": ("{bidder} 的投标未通过资格核查。", "The bid of {bidder} is not eligible."),
    "scores_incomplete": (
        "评分须涵盖评分表全部指标，且不含其他指标。缺：{missing}；多：{extra}。",
        "Scores cover the whole score sheet and nothing else. Missing: {missing}; not on it: {extra}.",
    ),
    "score_too_high": (
        "指标 {criterion} 满分 {points}，评分 {given} 超出。",
        "The criterion {criterion} has {points} points; {given} is above.",
    ),
    "too_many_winners": ("“{mode}”最多 {winners} 个中榜方。", "{mode} has at most {winners} winners."),
    "not_next_ranked": (
        "须按名次授予；应为：{expected}。",
        "Awards follow the ranking; next: {expected}.",
    ),
    "milestones_too_much": (
        "各节点付款比例合计 {share}%，超过 100%。",
        "The milestones' shares add up to {share} %, more than 100 %.",
    ),
    "milestone_twice": (
        "有两个节点都叫“{name}”，付款无从区分，请改名。",
        "Two milestones are called {name}, and a payment could not tell them apart; rename one.",
    ),
    "milestone_in_the_past": (
        "节点日期 {due_on} 早于今天（{today}）。",
        "The milestone of {due_on} is before today, {today}.",
    ),
    "member_signature_missing": (
        "联合体各成员须与牵头方共同签约：缺 {missing}，多或重复 {extra}。请随牵头方签约逐家提交成员签署件（members）。",
        "Every member of the consortium signs with its lead (members): missing {missing}, too many {extra}.",
    ),
    "power_of_attorney_not_taken": (
        "本市要求联合体成员本人签约，不接受授权委托：{units}。请补交其签署的任务书。",
        "Every member signs the contract itself; hand that in, not a power of attorney: {units}.",
    ),
    "pledge_missing": (
        "“{mode}”须由中榜方签署军令状：请随签约提交军令状。",
        "{mode} asks the bidder for a pledge: hand it in with the signature.",
    ),
    "other_terms": (
        "所签文件与拟定任务书不一致。",
        "The document signed is not the contract that was proposed.",
    ),
    "not_a_party": ("“{role}”不是本任务书的签约方。", "The role {role} is not a party to this contract."),
    "already_signed": ("{party} 已签署。", "The party {party} has signed already."),
    # trial
    "trial_not_over": (
        "{bidder} 的试点尚在进行：提前结束须处于最后阶段且各项指标达标；尚缺：{missing}。",
        "The trial of {bidder} runs; it ends early in its last phase with every target reached. Missing: {missing}.",
    ),
    "trial_too_long": ("试点期限超过上限 {longest}。", "The trial is longer than {longest}, the longest allowed."),
    "insurance_missing": (
        "试点须投保，且保险期覆盖试点全程。",
        "A trial is insured, and for its whole length.",
    ),
    "plan_incomplete": (
        "按风险类别“{profile}”，试点方案还缺：{missing}。补齐后重新提交。",
        "By the risk profile {profile} the plan lacks: {missing}. Add it and file the plan again.",
    ),
    "plan_key_twice": (
        "方案中编号 {key} 出现多次；每一条用不同的编号，以便引用。",
        "The key {key} stands more than once in the plan; give every item its own, so that it can be cited.",
    ),
    "kpi_thresholds": (
        "指标 {kpi} 的叫停值 {stop} 不在目标值 {target} 的不利一侧；请改正方向或数值。",
        "The stop threshold {stop} of {kpi} does not lie on the worse side of its target {target}; correct one.",
    ),
    "insured_sum_too_low": (
        "按风险类别“{profile}”，保额不得低于 {least} 元（所报：{sum}）；请提高保额。",
        "By the risk profile {profile} at least {least} yuan are insured (given: {sum}); insure more.",
    ),
    "unknown_check": (
        "核查清单中没有 {check}。清单：{known}。",
        "The checklist has no item {check}. It has: {known}.",
    ),
    "checks_open": (
        "核查清单尚未通过：{open}。逐项答复；“不适用”和“未通过”须写理由，有未通过的不得准入。",
        "The checklist is not passed: {open}. Answer every item, with reasons unless found; mend what failed first.",
    ),
    "insurance_too_short": (
        "续保应保至 {least} 或之后，而不是 {until}。",
        "A renewal has to cover {least}, not {until} only.",
    ),
    "inclusion_not_eligible": (
        "不符合包容期条件：{why}。可不适用包容期启动。",
        "Not eligible for an inclusion period: {why}. The trial may start without one.",
    ),
    "wrong_phase": (
        "试点阶段须按 {order} 依次推进，下一阶段为 {expected}。",
        "The phases follow {order}; the next is {expected}.",
    ),
    "gate_closed": (
        "阶段 {phase} 尚不能结束，未满足（现状 / 要求）：{unmet}。",
        "The phase {phase} can not be left yet; unmet (as it stands / as needed): {unmet}.",
    ),
    "report_not_due": (
        "目前不收定期报告：本期自 {first} 起、{due_on} 到期，请届时提交。",
        "No regular report is due now: the next period runs from {first}, its report is due on {due_on}; file it then.",
    ),
    "unknown_kpi": ("方案中没有指标 {kpi}。已有：{known}。", "The plan has no indicator {kpi}. It has: {known}."),
    "reading_not_in_trial": (
        "读数日期 {on} 不在试点期间（{first} 至 {last}）。",
        "The day of the reading, {on}, is not within the trial ({first} to {last}).",
    ),
    "still_past_stop": (
        "指标最近读数仍越过叫停值：{readings}。请先登记整改后的读数。",
        "The last reading is still past the stop threshold: {readings}. Record one taken after the fix first.",
    ),
    "exit_report_incomplete": (
        "退出报告还缺：{missing}。为各项指标登记读数，并说明发生过的事件和差错。",
        "The exit report lacks: {missing}. Read every indicator, and say what came of incidents and faults.",
    ),
    "employment_missing": (
        "本报告须写明就业影响（employment：新增、减少的岗位，再培训人数）。",
        "This report has to say what the trial does to work (employment: jobs created, displaced, persons retrained).",
    ),
    "fix_missing": ("须先提交整改证明。", "The fix has to be reported, with proof, first."),
    "same_person": (
        "该操作须由另一人办理（{person} 已办理前一步）。",
        "A second person has to do this; {person} did the first part.",
    ),
    "phases_not_passed": (
        (
            "试点未走完各阶段（{phases}），不能作通过的退出结论，未满足（现状 / 要求）：{unmet}。"
            "请作不通过结论（fit_for_acceptance=false）；试点期间须逐阶段推进（advance_phase），期限不够的请先申请延长（request_extension）。"
        ),
        (
            "The trial did not pass its phases ({phases}) and can not be found fit; unmet (as it stands / as needed): "
            "{unmet}. Conclude it unfit (fit_for_acceptance=false). While a trial runs its phases are advanced "
            "(advance_phase), and more time is asked for (request_extension)."
        ),
    ),
    "exit_report_missing": ("须先提交退出报告。", "The exit report has to be filed first."),
    "no_inclusion": ("{bidder} 没有进行中的包容期。", "{bidder} has no running inclusion period."),
    "inclusion_trial_over": (
        "{bidder} 的试点已经结束，包容期不再延长；请办理退出评估（conclude_exit）。",
        "The trial of {bidder} is over, and its inclusion period is not extended; conclude the exit (conclude_exit).",
    ),
    "fault_before_inclusion": (
        "包容期自 {started_on} 起算；{on} 的差错不在其内，请按日常监管处理。",
        "The inclusion period began on {started_on}; what happened on {on} lies outside it: deal with it by itself.",
    ),
    "red_line_question_open": (
        "事件 {incidents} 是否触碰红线尚未认定，{bidder} 的包容期不能提前结束。请先认定并销号（close_incident）。",
        "Whether {incidents} were a red line is not found yet; the period of {bidder} does not end before that.",
    ),
    "red_line_bars_fit": (
        "{bidder} 触碰红线且未解除监管，不能作出适合验收的结论；请作不适合的结论，或终止试点。",
        "{bidder} crossed a red line and is under supervision: find it unfit, or terminate the trial.",
    ),
    "harm_excused": (
        "事件 {incident} 有人员伤亡或信息泄露，其差错不适用免罚；请按阶梯或红线处理。",
        "Incident {incident} is a casualty or a leak: its fault is never excused; it climbs, or is a red line.",
    ),
    "unknown_plan_clause": (
        "试点方案没有条款“{clause}”，差错须引用方案的条款编号。可选：{known}。",
        "The plan has no clause {clause}; a fault cites one of its keys: {known}.",
    ),
    "first_fault_punished": (
        "四项认定均为是，该差错不予处罚（punishable=false）；须处罚的，请如实填写认定。",
        "All four findings say that it is not punished: record punishable=false, or the finding that says otherwise.",
    ),
    "red_line_excused": (
        "触碰红线“{red_line}”的差错不适用免罚；请去掉红线，或不填 punishable=false。",
        "A red line ({red_line}) is never excused: leave out the red line, or punishable=false.",
    ),
    "first_fault_findings_missing": (
        "免罚须写明四项认定：初次、轻微、已改正、无危害后果（first_fault）。",
        "A fault that is not punished takes four findings: first, minor, corrected, harmless (first_fault).",
    ),
    "fault_not_excused": (
        "认定中 {findings} 为否，不适用免罚；请按阶梯处理。",
        "The findings say otherwise of: {findings}. Such a fault climbs the ladder; record it as punishable.",
    ),
    "fault_not_first": (
        "“{kind}”不是初次：第 {number} 项差错（{on}）在统计期内；请按阶梯处理。",
        "Not the first fault of the kind {kind}: number {number} of {on} is within the window. It is punishable.",
    ),
    "guidance_missing": (
        "容错须写明给予并已落实的指导（guidance）。",
        "A tolerated fault names the guidance that was given and followed (guidance).",
    ),
    "measure_of_others": (
        "这次差错按阶梯应予“{measure}”（{measure_en}），只能由 {roles} 办理。请告知其记录。",
        "By the ladder this fault meets {measure_en} ({measure}), which only {roles} may take; tell them to record it.",
    ),
    "no_inclusion_yet": (
        "{bidder} 在本场景没有包容期。有包容期的：{known}。",
        "{bidder} had no inclusion period in this scene. These had one: {known}.",
    ),
    "unknown_red_line": ("政策未列红线“{red_line}”。可选：{known}。", "No such red line: {red_line}. Known: {known}."),
    "no_open_order": ("没有待核验的整改责令。", "No order to correct is open."),
    "order_not_named": (
        "{bidder} 有多项责令尚未核验，请注明差错编号（fault）：{known}。",
        "Several orders to {bidder} stand; name the fault that is meant (fault): {known}.",
    ),
    "unknown_order": (
        "差错 {fault} 没有待核验的整改责令。待核验的：{known}。",
        "No order that came of fault {fault} is open. Open: {known}.",
    ),
    "order_both_ways": (
        "fault 与 incident 不能同时填写：责令所依据的是差错或事件之一。",
        "Give either fault or incident, not both: the order came of one of them.",
    ),
    "correction_reported_already": (
        "{bidder} 已报告整改完成，等待监管单位核验。",
        "{bidder} has reported the correction already; the regulator verifies it next.",
    ),
    "correction_unverified": (
        "{bidder} 的责令改正（差错 {faults}）尚未核验，不得恢复试点。请先核验（verify_correction）。",
        "What {bidder} was ordered (fault {faults}) is not verified; verify_correction comes before the resumption.",
    ),
    "not_supervised": (
        "{bidder} 的试点不在正式监管中，无须解除。",
        "The trial of {bidder} is not under formal supervision; there is nothing to lift.",
    ),
    "under_supervision": (
        "{bidder} 的包容期已终止，试点处于正式监管：监管单位须先决定终止试点，或解除监管（lift_supervision）。",
        "The trial of {bidder} is under formal supervision: the regulator ends it, or lifts that (lift_supervision).",
    ),
    "unknown_incident": ("没有编号为 {incident} 的事件。", "There is no incident {incident}."),
    "incident_exists": ("事件编号 {incident} 已存在。", "The incident {incident} exists already."),
    "incident_not_open": (
        "事件 {incident} 处于“{status}”，不能执行该操作。",
        "The incident {incident} is {status}; this is not possible now.",
    ),
    "unknown_severity": (
        "政策未列事件等级“{severity}”。可选：{known}。",
        "The policy knows no severity {severity}. It knows: {known}.",
    ),
    "already_acknowledged": ("事件 {incident} 已签收。", "The incident {incident} is acknowledged already."),
    "number_missing": (
        "上报文件“{document}”须写明文号（document.number）。",
        "A report upward carries its document's number: name that of {document} (document.number).",
    ),
    "leak_told_already": (
        "事件 {incident} 的泄露已通知“{to}”。",
        "The leak of incident {incident} was told to the {to} already.",
    ),
    "incident_order_open": (
        "事件 {incident} 的整改责令尚未核验，不能销号。",
        "The order of incident {incident} is not verified yet; it is not closed before.",
    ),
    "incidents_open": (
        "事件 {incidents} 尚未销号，场景不能办结或重新张榜。请先销号（close_incident）。",
        "The incidents {incidents} are open, and no scene closes or calls anew over them; close_incident comes first.",
    ),
    "incidents_unsettled": (
        "事件 {incidents} 的整改未核验，或伤亡、泄露未销号，暂不能作此结论（verify_incident、close_incident）。",
        "Of {incidents} an order is not verified, or a casualty or leak not closed: verify_incident, close_incident.",
    ),
    "resumption_order_open": (
        "事件 {incidents} 的整改责令尚未核验，不得恢复试点。请先核验（verify_incident）。",
        "The orders of {incidents} are not verified, and the trial is not resumed before (verify_incident).",
    ),
    "correction_order_open": (
        "{bidder} 的责令改正（差错 {faults}）尚未核验，不能作出适合验收的结论。请先核验（verify_correction）。",
        "What {bidder} was ordered (fault {faults}) is not verified; verify_correction comes before it is found fit.",
    ),
    "red_line_in_period": (
        "{bidder} 的包容期尚在进行：请记录差错并注明事件（record_fault，red_line、incident），再行销号。",
        "The inclusion period of {bidder} still runs: record_fault with red_line and incident before the closing.",
    ),
    "red_line_both_ways": (
        "red_line 与 no_red_line 不能同时填写：请只填其一。",
        "Give either red_line or no_red_line, not both.",
    ),
    "incident_reports_owed": (
        "事件 {incident} 尚有报告未办结：{owed}，不能销号。",
        "Reports of incident {incident} are owed still: {owed}; it is not closed before.",
    ),
    "red_line_unanswered": (
        "事件 {incident} 可能触碰红线“{red_line}”：请记录差错（期满填 red_line），或说明理由（no_red_line）。",
        "{incident} may be the red line {red_line}: record the fault (after the period: red_line) or say no_red_line.",
    ),
    "exit_shortfalls_open": (
        "适合验收须逐项说明未交报告和越限指标的理由（shortfalls）。缺：{missing}；多余或重复：{unknown}。",
        "Fit takes a finding on each report owed, each indicator past its stop. Missing: {missing}; extra: {unknown}.",
    ),
    # acceptance, promotion
    "verdict_below_panel": (
        "专家组 {size} 人中 {yes} 人建议通过，结论“{verdict}”低于专家组意见：请在 against_panel 中写明理由。",
        "{yes} of {size} recommend it; the verdict {verdict} falls short of that: say why (against_panel).",
    ),
    "objections_unanswered": (
        "{units} 反对：通过须在 over_objections 中写明理由。",
        "{units} object: say why it passes all the same (over_objections).",
    ),
    "share_to_stranger": (
        "收益分享方 {party} 与本场景无关。可选：{known}。",
        "{party} has no part in this scene and gets no share. These have: {known}.",
    ),
    "no_title": (
        "标杆称号未确认或已撤销，不能登记“{what}”。候选阶段可登记：{before}。",
        "{what} takes a confirmed title that stands. What a candidate gets already: {before}.",
    ),
    "defence_needed": (
        "预算 {budget} 元，须答辩并现场核查后方可下结论：填写答辩（defence）和现场核查（visit）的日期、人员和记录。",
        "A budget of {budget} yuan takes a defence and a site visit first: give both with records (defence, visit).",
    ),
    "not_in_review": (
        "日期 {on} 不在本次验收期间（{first} 至 {last}）：答辩和现场核查须在其间，实测不得晚于今天。",
        "{on} is not within this review ({first} to {last}): defence and visit are; no field test is in the future.",
    ),
    "rectified_already": ("整改机会已用完。", "There is no further rectification."),
    "retried_already": ("重试机会已用完。", "There is no further re-trial."),
    "fast_track_no_retrial": ("未经试点的场景不能重新试点。", "A scene that skipped the trial has none to repeat."),
    "fault_tolerance_already": ("已提出或已认定。", "Asked for or decided already."),
    "fault_tolerance_not_asked": ("没有待认定的容错申请。", "No fault tolerance was asked for."),
    "refund_pending_finding": (
        "容错认定未决，暂不能结清退款。",
        "The finding on fault tolerance is open; the refund cannot be settled yet.",
    ),
    "unknown_benefit": ("政策未列该类激励。可选：{known}。", "No such kind of benefit. Known: {known}."),
    "not_beneficiary": (
        "{beneficiary} 不是可受激励的单位：应为发榜方、验收通过的揭榜方或其联合体成员。可选：{known}。",
        "{beneficiary} may not receive it: name the owner, an accepted bidder, or one of its consortium: {known}.",
    ),
    "benefit_without_amount": (
        "激励 {kind} 须写明金额（amount_yuan，元）。",
        "A benefit of the kind {kind} says how much it is (amount_yuan).",
    ),
    "not_recommended": (
        "评估未推荐，不能确认为标杆。",
        "The evaluation did not recommend it; it cannot be confirmed.",
    ),
    "same_city_copy": (
        "复制须注明本市其他区县，或其他城市。",
        "A copy is in another city, or names another district of this one.",
    ),
    # anywhere
    "not_returnable": (
        "环节“{to}”不能作为退回目标。可选：{known}。",
        "It cannot be returned to {to}. Possible: {known}.",
    ),
    "returns_used_up": ("退回次数已达上限 {times}。", "It was returned {times} times, the most allowed."),
    "unknown_deadline": (
        "没有编号为 {deadline} 的期限。现有：{known}。",
        "There is no deadline {deadline}. Open: {known}.",
    ),
    "not_extendable": ("期限 {deadline} 按政策不可延长。", "By policy the deadline {deadline} cannot be extended."),
    "extensions_used_up": (
        "期限 {deadline} 已延长 {times} 次，达上限。",
        "{deadline} was extended {times} times, the most allowed.",
    ),
    "extension_too_late": (
        "须在 {latest} 前申请延期。",
        "An extension is asked for by {latest}.",
    ),
    "extension_pending": ("期限 {deadline} 已有待决延期申请。", "An extension of {deadline} is being decided already."),
    "no_extension_request": ("期限 {deadline} 没有待决延期申请。", "No extension of {deadline} was asked for."),
    "not_an_approver": (
        "“{role}”无权批准该期限延期。有权角色：{allowed}。",
        "The role {role} may not extend this deadline. Roles that may: {allowed}.",
    ),
    "not_your_deadline": (
        "期限 {deadline} 的责任方是 {holder}。",
        "The deadline {deadline} is the duty of {holder}.",
    ),
    "no_withdrawal": ("没有待答复的撤回申请。", "No withdrawal is waiting for an answer."),
    "withdrawal_pending": ("已有待答复的撤回申请。", "A withdrawal is waiting for its answer already."),
    "not_asked_to_agree": ("{unit} 无需答复该撤回申请。", "{unit} is not asked to agree to this withdrawal."),
    "unknown_decision": (
        "第 {decision} 号记录不是可申诉的不利决定。",
        "Entry {decision} is no adverse decision with open remedies.",
    ),
    "decision_not_served": (
        "第 {decision} 号决定尚未送达，申诉期未开始。",
        "Decision {decision} was not served yet; the time for an appeal has not begun.",
    ),
    "nothing_to_serve": (
        "第 {entry} 号记录没有待送达的决定或通知；待送达的是：{known}。",
        "Nothing of entry {entry} waits to be served. Entries that do: {known}.",
    ),
    "already_served": ("第 {entry} 号决定已送达。", "Decision {entry} was served already."),
    "already_appealed": ("第 {decision} 号决定已被申诉。", "Decision {decision} was appealed already."),
    "not_appealed": ("第 {decision} 号决定未被申诉。", "Decision {decision} was not appealed."),
    "not_against_you": ("第 {decision} 号决定并非针对 {unit}。", "Decision {decision} is not against {unit}."),
    "served_in_future": ("送达日期 {served_on} 晚于今天。", "The date of service {served_on} is after today."),
    "served_before_decision": (
        "送达日期 {served_on} 早于决定日期 {decided_on}。",
        "The date of service {served_on} is before the decision, of {decided_on}.",
    ),
    "unknown_person": (
        "{city}的人员目录中没有 {person}。用 scene org show 查看。",
        "The directory of {city} has no person {person}. See `scene org show`.",
    ),
    "not_a_member": (
        "{person} 今天没有该身份（角色 {role}，单位 {unit}）。其身份：{known}。",
        "{person} is not a member in that role today (role {role}, unit {unit}). Memberships: {known}.",
    ),
    "unclear_membership": (
        "{person} 有几种身份，请写明一种：{known}。",
        "{person} belongs to several; say which: {known}.",
    ),
    "not_delegated": (
        "{day}，{by} 没有委托 {person} 以 {unit} {role} 的身份代办。",
        "On {day}, {by} has not delegated to {person} what {role} of {unit} does.",
    ),
    "directory_locks_out": (
        "该目录生效后无人能再改它：今天能提出的：{proposing}；能确认的：{confirming}。请写上管理员和领导小组的人员。",
        "Once in force nobody could change it. May propose: {proposing}; may confirm: {confirming}. Add who lacks.",
    ),
    "same_directory": (
        "与现行人员目录（第 {version} 版）相同。",
        "It is the same as the directory in force, version {version}.",
    ),
    "directory_decided": (
        "人员目录 {change} 已由 {person} 于 {at} 决定：{status}。",
        "The directory {change} was decided by {person} at {at}: {status}.",
    ),
    "directory_overtaken": (
        "人员目录 {change} 以第 {base} 版为基础，现行已是第 {version} 版；请在现行版上重新提出。",
        "The directory {change} was made from version {base}; {version} is in force: propose it anew from that.",
    ),
    "unknown_directory_change": (
        "没有提出过编号为 {change} 的人员目录。已提出：{known}。",
        "No directory {change} was proposed. Proposed: {known}.",
    ),
    "unknown_entry": ("没有第 {sequence} 号记录。", "There is no entry {sequence}."),
    "unknown_correction": ("没有待确认的更正 {correction}。", "No correction {correction} waits for confirmation."),
    "opinion_of_another": (
        "该记录是 {unit} 的会商意见，只能由该单位提出更正，由该单位另一人或平台窗口确认。",
        "That entry is what {unit} said: its people propose a correction; they or the platform office confirm.",
    ),
    "correction_exists": ("更正编号 {correction} 已存在。", "The correction {correction} exists already."),
    "same_part": ("{unit} 已担任该角色。", "{unit} has that part already."),
    "other_city_policy": ("该政策属于 {city}，不是 {expected}。", "That policy is of {city}, not of {expected}."),
    "policy_problem": ("政策不适用：{problem}", "The policy cannot be adopted: {problem}"),
    "notice_misfits": (
        "{year} 年放假通知与已载入的日历不符：{problem}。",
        "The notice of {year} does not fit the calendar that is loaded: {problem}.",
    ),
    "same_calendar": ("该年度放假通知与现有内容相同。", "That year's notice is the same as the one in force."),
    "unknown_step": ("没有环节“{step}”。可选：{known}。", "There is no step {step}. Possible: {known}."),
    "take_over_incomplete": (
        "导入到环节“{step}”须注明：{missing}。",
        "A scene taken over at {step} needs: {missing}.",
    ),
    "take_over_uninsured": (
        "{bidder} 的试点保险至 {until}，未覆盖今天 {today}。请先续保，再以新的保险期导入；或申报试点尚未开始。",
        "The trial of {bidder} was insured until {until} and not today, {today}; renew it first.",
    ),
    # holiday notices
    "not_the_office": (
        "{unit} 不是 {city} 的“{role}”（应为：{expected}）。",
        "{unit} is not the {role} of {city} (that is: {expected}).",
    ),
    "unknown_year_notice": (
        "没有编号为 {digest} 的放假通知。已提出：{known}。",
        "There is no holiday notice {digest}. Proposed: {known}.",
    ),
    "year_notice_decided": (
        "放假通知 {digest} 已由 {person} 于 {at} 决定（{status}，理由：{reasons}）；请改正内容后另行提出。",
        "The notice {digest} was {status} at {at} by {person} (reasons: {reasons}); propose another one instead.",
    ),
    "year_notice_not_confirmed": (
        "放假通知 {digest} 尚未确认（{status}），不能载入；请由领导小组以 scene calendar confirm 确认。",
        "The notice {digest} is not confirmed ({status}); the leading group does so: `scene calendar confirm`.",
    ),
    "judge_of_itself": (
        "{unit} 是本场景的场景单位，或负责处理对它的异议、申诉，不能同时对它作出决定；请指定其他单位。",
        "{unit} owns this scene, or answers objections or appeals, and cannot decide on it as well; name another unit.",
    ),
    "no_cooperating": (
        "至少须有一个配合单位参加会商；该领域的配合单位：{known}。",
        "At least one cooperating department is consulted; those of the domain are: {known}.",
    ),
    "complaint_open": (
        "对公示的投诉（{objection}）尚未处理完毕，暂不能办理下一步；请待投诉处理单位作出决定。",
        "The complaint about the notice ({objection}) is not decided yet; wait for the supervisor's decision.",
    ),
    "complaint_outcome_open": (
        "投诉已成立但尚未作出后续处理（{objections}），不能办结；请领导小组先处理（conclude_complaint）。",
        "What follows from an upheld complaint is open ({objections}); the leading group says it (conclude_complaint).",
    ),
    "complaint_not_to_conclude": (
        "异议 {objection}（“{status}”）没有待作后续处理的成立投诉。待处理：{waiting}。",
        "Nothing is to be concluded on {objection} ({status}). To be concluded on: {waiting}.",
    ),
    "complaint_not_named": (
        "以投诉成立为由终止，须写明异议编号（objection）。待处理：{waiting}。",
        "Who terminates for an upheld complaint names its objection. To be concluded on: {waiting}.",
    ),
    "what_follows": (
        "结论为“{outcome}”：重新办理须写明随后如何办理（follows），维持则不写。",
        "The outcome is {outcome}: `follows` says what is done again, and is left out where the result stands.",
    ),
    "bid_over_budget": (
        "{bidder} 报价 {price} 元，超过榜单预算 {budget} 元，不能认定为合格。",
        "{bidder} bids {price} yuan, more than the challenge's {budget}; it cannot be found eligible.",
    ),
    "policy_not_in_force": (
        "政策 {version} 自 {begins} 起施行，今日（{today}）尚不能适用。",
        "The policy {version} takes effect on {begins}; it cannot be applied today ({today}).",
    ),
    "notice_unconfirmed": (
        "{year} 年放假通知须由平台窗口提出、领导小组另一人确认后载入（scene calendar propose、confirm、apply）。",
        "The notice of {year} is not confirmed by the leading group: `scene calendar propose`, `confirm`, `apply`.",
    ),
    "year_notice_overtaken": (
        "{year} 年已有更晚确认的通知 {later}（{confirmed}）；请载入该通知，而不是 {digest}。",
        "A later notice of {year}, {later}, was confirmed at {confirmed}; load that one, not {digest}.",
    ),
    # events from outside
    "event_unsigned": (
        "缺少签名：请附 X-Scene-Timestamp 和 X-Scene-Signature 请求头。",
        "There is no signature: send the headers X-Scene-Timestamp and X-Scene-Signature.",
    ),
    "event_signature": (
        "签名与任何已知来源都不相符，请核对密钥和签名方法。",
        "The signature is no known source's; check the secret and what is signed.",
    ),
    "event_timestamp": (
        "签名时间与本机时钟相差超过 {seconds} 秒，请校准时钟后重新签名。",
        "It was signed more than {seconds} seconds away from our clock; set the clock and sign anew.",
    ),
    "event_too_large": (
        "事件超过上限 {limit} 字节，请以文件哈希代替正文。",
        "The event is larger than {limit} bytes; refer to documents by their hash.",
    ),
    "event_content_type": (
        "不接受的内容类型“{given}”；请用 application/cloudevents+json，或 application/json 加 ce- 请求头。",
        "The content type {given} is not taken; use application/cloudevents+json, or application/json and ce- headers.",
    ),
    "event_not_text": ("事件不是有效的 UTF-8 文字。", "The event is not valid UTF-8 text."),
    "event_not_json": ("事件不是有效的 JSON（{problem}）。", "The event is not JSON ({problem})."),
    "event_duplicate_key": ("JSON 中键“{key}”出现两次。", "The key {key} stands twice in the JSON."),
    "event_not_a_number": ("JSON 中的 {given} 不是有限的数。", "{given} is no finite number, and no JSON."),
    "event_too_deep": ("JSON 嵌套超过 {limit} 层。", "The JSON is nested deeper than {limit} levels."),
    "event_data": (
        "事件的 data 须为 JSON（不接受 data_base64 和其他 datacontenttype）。",
        "The event's data has to be JSON; neither data_base64 nor another datacontenttype is taken.",
    ),
    "event_specversion": (
        "不支持 CloudEvents 版本“{given}”，请用 1.0。",
        "The CloudEvents version {given} is not known; use 1.0.",
    ),
    "event_attribute_missing": ("缺少属性 {attribute}。", "The attribute {attribute} is missing."),
    "event_attribute_wrong": (
        "属性 {attribute} 不合要求：应为一行文字，至多 300 字；time 为 RFC 3339 时刻。",
        "The attribute {attribute} does not fit: one line of at most 300 characters; time as in RFC 3339.",
    ),
    "event_not_allowed": (
        "来源 {source} 不得以“{given}”名义报送“{type}”类事件。",
        "The source {source} may not send events of the type {type} as {given}.",
    ),
    "event_id_reused": (
        "该来源已用事件编号 {event} 报送过另一内容，请使用新编号。",
        "This source has used the event id {event} for another content; use a new id.",
    ),
    "event_unmapped": (
        "{policy}没有规定“{type}”类事件如何办理（政策文件的 outside）。",
        "{policy} does not say what events of the type {type} are entered as (`outside` in the policy file).",
    ),
    "event_incomplete": (
        "“{type}”类事件缺少 {path}，无法得出 {field}。",
        "An event of the type {type} lacks {path}, which {field} is made of.",
    ),
    "event_unit": (
        "无法确定“{type}”类事件以哪个“{role}”单位的名义办理。",
        "It is not clear which unit, as {role}, enters an event of the type {type}.",
    ),
    "event_dismissed": (
        "事件已由管理人员关闭，不再办理；确需办理的，请以新编号报送。",
        "The event was dismissed by a person; if it is to be entered after all, send it under a new id.",
    ),
    "event_source_gone": (
        "来源 {source} 已不在来源文件中。",
        "The source {source} stands no longer in the file of sources.",
    ),
    "event_fault": (
        "系统内部故障（{problem}），事件已收下，稍后重试。",
        "A fault of ours ({problem}); the event is kept, try again later.",
    ),
    "event_not_kept": (
        "数据库暂不可用，事件未能收下，请稍后重发。",
        "The database is away and the event was not kept; send it again later.",
    ),
    "file_unreadable": (
        "{file} 有误，待管理人员改正后重试。",
        "{file} can not be used until its keeper corrects it; try again later.",
    ),
    "same_quota": (
        "指标 {quota} 现行即如此，无需重设。用 scene quotas list 查看现行指标。",
        "The quota {quota} stands so already; see `scene quotas list`.",
    ),
    "quota_invalid": (
        "指标 {quota} 的 {fields} 不合要求：数值 0 至 {most}，年份 {first}–{last}；区间写两个数，用 --file 给出。",
        "{fields} of {quota} does not fit: figures 0 to {most}, years {first} to {last}; a range is given with --file.",
    ),
    "unknown_quota": (
        "{city}没有指标 {quota}。相近的：{near}。新设指标请写成文件，用 --file 载入。",
        "{city} has no quota {quota}. Near to it: {near}. Write a new one into a file and give it with --file.",
    ),
    "quota_of_texts": (
        "指标 {quota} 出自政策文本，只能改数值和期限：“{field}”不能改。另设指标请用新的编号。",
        "The quota {quota} comes from the texts: only its figure and period change, not {field}. Set another id.",
    ),
    "take_over_unconfirmed": (
        "本场景由存量导入而来，导入内容尚未经第二人确认，不能办理“{verb}”。请导入人以外的人核对材料后确认（confirm_take_over）。",
        (
            "This scene was taken over, and nobody but who declared it has checked that: {verb} has to wait. Let "
            "somebody else check the papers and confirm it (confirm_take_over)."
        ),
    ),
    "nothing_taken_over_to_confirm": (
        "没有待确认的存量导入：本场景不是导入的，或导入时没有揭榜方，或已确认。",
        "Nothing waits to be confirmed: it was not taken over, came without bidders, or was confirmed.",
    ),
    # payment
    "unknown_milestone": (
        "任务书中没有里程碑“{milestone}”。里程碑：{known}。",
        "The contract has no milestone {milestone}. It has: {known}.",
    ),
    "milestone_not_reached": (
        "里程碑“{milestone}”以“{gate}”为前提，请待其办成后再请款（admission 准入、exit 试点合格、acceptance 验收）。",
        (
            "The milestone {milestone} waits for {gate}, which was not reached. Claim it once the plan is admitted "
            "(admission), the trial has ended fit (exit), or the result is accepted (acceptance)."
        ),
    ),
    "milestone_without_trial": (
        "本场景不经试点，里程碑“{milestones}”不能以准入或试点结束为前提。请改为 acceptance 或不设前提。",
        "This scene has no trial for {milestones} to wait for; let them wait for acceptance, or for nothing.",
    ),
    "payment_on_its_way": (
        "里程碑“{milestone}”已有一笔付款在办，请等其支付或退回后再提请。",
        "A payment of {milestone} is on its way; wait until it is paid or declined.",
    ),
    "no_payment": (
        "里程碑“{milestone}”没有处于“{status}”的付款。可办理：{known}。",
        "There is no payment of {milestone} that is {status}. There are: {known}.",
    ),
    "payment_owed": (
        "还有款项未支付或退回：{milestones}。请先支付（pay_milestone）或退回（approve_payment）。",
        "Payments are still owed: {milestones}. Pay (pay_milestone) or decline (approve_payment) them first.",
    ),
    "nothing_to_pay_for": (
        "{bidder} 的工作已止于“{step}”，成果未获通过，不再请款。如对该决定不服，请申诉（appeal）。",
        (
            "The work of {bidder} ended at {step}: nothing more is paid for a result that was not accepted. "
            "Appeal against that decision first."
        ),
    ),
    "refund_owed": (
        "还有应退款项未退（元）：{refunds}。请先登记退款（record_refund）；确已尽职的，可先申请容错认定（ask_fault_tolerance）。",
        (
            "Refunds are still owed, in yuan: {refunds}. Record them (record_refund) first; who was diligent may ask "
            "for a finding of fault tolerance (ask_fault_tolerance)."
        ),
    ),
    "refund_over": (
        "应退 {due} 元，登记 {amount} 元，多于应退。请按应退数额登记；多退的款项由双方另行结清。",
        "{due} yuan are owed back, {amount} is more. Record what is owed; the parties settle the rest between them.",
    ),
    "refund_not_declared": (
        "{bidder} 未申报退款，不能登记“未到账”（0 元）。尚未申报的请催办（nudge）。",
        "{bidder} has not said that it paid back, so nothing is missed (0 yuan). Nudge (nudge) who has not said so.",
    ),
    "refund_on_its_way": (
        "{bidders} 申报的退款是否到账尚未确认。请付款单位先确认（confirm_refund），再办结。",
        (
            "Nobody has said yet whether what {bidders} paid back came. Let the payer say so (confirm_refund) before "
            "the scene is closed."
        ),
    ),
    "refund_other_than_said": (
        "申报已退 {said} 元，登记 {amount} 元，两者不符。请登记这笔款是否到账：到账填 {said} 元，未到账填 0 元。",
        (
            "{said} yuan were said to be paid back, not {amount}. The payer records whether that sum came: {said} "
            "yuan, or 0 where it did not."
        ),
    ),
    "no_refund_owed": (
        "{bidder} 没有应退的款项：未付过款，或已退清，或其工作仍在进行。如系误登，请核对揭榜方名称。",
        ("{bidder} owes nothing back: it was not paid, has settled it, or is still at work. Check the bidder's name."),
    ),
    "parts_open": (
        "以下揭榜方的事项尚未了结：{parts}。请先办结，再办理本事项。",
        "Not everything is settled with the bidders: {parts}. Bring that to its end first.",
    ),
    "title_in_remedies": (
        "取消标杆称号的决定（第 {decision} 号）仍可申诉或正在申诉。请待其生效或作出申诉决定后再提名。",
        (
            "The decision that took the title away (entry {decision}) may still be appealed, or is; wait for that, "
            "then nominate."
        ),
    ),
    "refund_short": (
        "应退款 {due} 元（已支付给该揭榜方的款项），登记金额 {amount} 元不足。认定容错后方可少退。",
        "{due} yuan were paid and are owed back; {amount} are not enough unless the failure was found tolerable.",
    ),
    # acceptance
    "already_applied": (
        "{unit} 已申报标杆，请等待牵头单位或评估小组推荐。",
        "{unit} has applied already; the lead department or the evaluation team nominates.",
    ),
    "not_accepted": (
        "{bidder} 的成果没有通过验收。已通过：{accepted}。",
        "What {bidder} made has not passed its acceptance. Passed: {accepted}.",
    ),
    "owner_twice": (
        "场景单位“{unit}”重复列出；联合场景单位只列发榜方以外的单位，各列一次。",
        "{unit} is named twice; co-owners are the units besides the owner, each once.",
    ),
    "not_a_first": (
        "激励“{kind}”只用于“三首”产品（{firsts}），申报书未标明。",
        "{kind} is for the three firsts ({firsts}) only, and the application names none of them.",
    ),
    "id_in_use": ("编号 {id} 已使用，请换一个。", "The id {id} is in use; choose another."),
    "no_such_request": (
        "没有待办的 {id}。现有：{known}。",
        "There is no {id} to deal with. There are: {known}.",
    ),
    "credit_without_ground": (
        "投诉举报 {complaint} 未指明揭榜方或不属实，不能据此调整信用等级。",
        "{complaint} names no contractor, or is not founded: it changes no credit grade.",
    ),
    "complaints_open": (
        "尚有未答复的投诉举报：{complaints}。请先答复。",
        "Complaints are not answered: {complaints}. Answer them first.",
    ),
    "unknown_factor": (
        "本市没有要素“{factor}”。可申请：{known}。",
        "The city knows no factor {factor}. It knows: {known}.",
    ),
    "factors_missing": (
        "试点方案所依赖的要素尚未落实：{missing}。请待答复同意，或修改方案。",
        "What the plan rests on is not granted: {missing}. Wait for the grant, or change the plan.",
    ),
    "no_green_channel": (
        "{city}的政策没有绿色通道。",
        "The policy of {city} has no green channel.",
    ),
    "green_channel_asked": (
        "绿色通道已申请或已批准，无须重复申请。",
        "The green channel was asked for, or granted; do not ask again.",
    ),
    "green_channel_not_asked": (
        "没有待决定的绿色通道申请，请由场景单位先申请。",
        "Nobody waits for a green channel; the owner asks first.",
    ),
    "no_contract_yet": (
        "尚未产生揭榜方，不能登记场景贷、场景保险；请在中榜后登记。",
        "Nobody has a contract yet; record loans and insurance after the award.",
    ),
    "period_reversed": (
        "止期 {until} 早于起期 {since}，请核对。",
        "The period ends on {until}, before it begins on {since}.",
    ),
    "premium_missing": ("登记保险须写明保费（元）。", "Say the premium of an insurance, in yuan."),
    "unknown_route": (
        "本市没有采用方式“{route}”。可选：{known}。",
        "The city knows no such route, {route}. It knows: {known}.",
    ),
    "basis_not_of_route": (
        "该方式不能依据“{basis}”。可选：{known}。",
        "{basis} is no basis of this route. It may rest on: {known}.",
    ),
    "opinions_missing": (
        "验收意见尚未收齐：{units}。请等其提出意见，或至 {until} 逾期视为未提意见后再作结论。",
        "Opinions are missing: {units}. Conclude when they are in, or after {until}, when they count as silent.",
    ),
    "opinion_unsigned": (
        "验收意见书还有 {missing} 名专家未签署（sign_acceptance_opinion）。请用同一文件签齐后再作结论。",
        "{missing} members of the panel did not sign this acceptance opinion (sign_acceptance_opinion) yet.",
    ),
    "sign_before_opinion": (
        "{person} 尚未提出评审意见。请先评审（give_expert_opinion），再签署验收意见书。",
        "{person} has given no opinion yet. Give it first (give_expert_opinion), then sign.",
    ),
    "opinion_signed_already": (
        "{person} 已签署这份验收意见书。",
        "{person} has signed this acceptance opinion already; nothing more is needed.",
    ),
    "tolerance_unanswered": (
        "容错认定须逐条回答本市标准。未回答：{missing}；不在标准内或重复：{unknown}。",
        "Fault tolerance is found criterion by criterion. Missing: {missing}; unknown or twice: {unknown}.",
    ),
    "tolerance_contradicts": (
        "认定结论与逐条回答不一致：未满足的标准为 {unmet}。全部满足方可容错。",
        "The finding contradicts its answers: not met is {unmet}. Tolerated is what meets every criterion.",
    ),
    "evaluation_unanswered": (
        "评估须逐条回答本级标杆标准（answers）。未回答：{missing}；不在标准内或重复：{unknown}。",
        "Answer the criteria of its level one by one (answers). Missing: {missing}; unknown or twice: {unknown}.",
    ),
    "evaluation_contradicts": (
        "必备标准未满足，不能推荐：{unmet}。请改为不推荐，或更正逐条回答。",
        "Obligatory criteria are not met: {unmet}. Do not recommend it, or correct the answers.",
    ),
    "value_not_assessed": (
        "提名标杆前须先完成价值评估（assess_value）。",
        "Its value is assessed before a benchmark is nominated; do that first (assess_value).",
    ),
    "value_unfounded": (
        "价值评估须写明方法（method）、评估人（assessors）和各项数额（figures）。",
        "Say how the value was found (method), by whom (assessors), and of what it is made up (figures).",
    ),
    "figures_differ": (
        "各项数额合计 {total} 元，与价值 {value} 元不符。请核对。",
        "The figures add up to {total} yuan, and the value is {value}. Correct one of the two.",
    ),
    "shares_not_whole": (
        "利益分享比例合计为 {total}，应为 1，每个参与方只写一次。",
        "The shares add up to {total}; they have to make 1, with each party once.",
    ),
    "ip_check_missing": (
        "{bidder} 的成果尚未作知识产权评议。请由科技部门或牵头单位先评议（check_intellectual_property）。",
        "Nobody has looked at the intellectual property of {bidder}'s result: check_intellectual_property first.",
    ),
    "ip_conflict_open": (
        "知识产权评议尚有冲突：{items}。解决后请重新评议，或作其他结论。",
        "Something stands against the use of: {items}. Settle it and check again, or conclude otherwise.",
    ),
    "ip_licence_missing": (
        "许可使用或开源的，请写明所依据的许可（licence）：{items}。",
        "What is licensed or open source names its licence (`licence`): {items}.",
    ),
    "ip_item_twice": ("知识产权“{item}”写了两次，请合并。", "{item} stands there twice; say it once."),
    # suggestions to change a rule
    "suggestion_exists": (
        "本场景已有编号为 {suggestion} 的规则建议，请另取编号。",
        "There is a suggestion {suggestion} here already; give it another id.",
    ),
    "suggestion_unfounded": (
        "规则建议须引用该试点的方案条目、指标读数或事件（evidence），至少一项。查无：{unknown}；可引用：{known}。",
        "A suggestion cites what the trial showed (`evidence`), at least once. Unknown: {unknown}; known: {known}.",
    ),
    "no_such_suggestion": (
        "没有待答复的规则建议 {suggestion}。待答复：{known}。",
        "No suggestion {suggestion} waits for an answer. Waiting: {known}.",
    ),
    "passed_on_to_nobody": (
        "向上转报的，请写明受理机关（authority）并附转报文件（document）。",
        "What is passed on names the authority (`authority`) and the paper it went with (`document`).",
    ),
    # copies and their kin
    "not_the_original": (
        "本场景并非复制自 {scene}（申报时写明的原场景：{original}）。请核对场景编号。",
        "This scene is no copy of {scene} (it says it copies {original}). Check the scene's id.",
    ),
    "copies_itself": (
        "{scene} 就是本场景，不能复制自身。请写另一场景的编号，或不写。",
        "{scene} is this scene itself, and nothing copies itself. Give the other scene's id, or none.",
    ),
    "copy_counted": (
        "复制场景 {scene} 已登记过，每个复制场景只登记一次。",
        "The copy {scene} is recorded already; each copy counts once.",
    ),
    "evidence_known": (
        "{scene} 的佐证已承接至其第 {sequence} 号记录；只有更新的才需再次承接。",
        "The evidence of {scene} is here as of its entry {sequence}; only a later one is worth inheriting.",
    ),
    "evidence_not_there": (
        "{scene} 的现有佐证不是要替换的那一份（现有链头：{head}）。请核对 replaces，或不写。",
        "The evidence of {scene} is not the one to be replaced (its head: {head}). Check `replaces`, or leave it out.",
    ),
    "own_cause": (
        "{scene} 就是本场景：自身的事件在本场景内处置，不走关联复核。",
        "{scene} is this scene itself: deal with its own incident here.",
    ),
    "review_reopened_already": (
        "因 {review} 已重启过复核，不必重复。",
        "The review was re-opened for {review} already; there is nothing more to do.",
    ),
    "no_lineage_review": (
        "没有待复核的 {review}。待复核：{known}。",
        "There is no open review {review}. Open: {known}.",
    ),
    "affected_trial_runs": (
        "认定受影响前，请先叫停试点（suspend_trial）：{bidder}。",
        "Stop the trial first (suspend_trial), then find it affected: {bidder}.",
    ),
    "affected_benchmark": (
        "标杆受影响的，请用 review_benchmark 作出不予保留的复核结论。",
        "An affected benchmark is reviewed with review_benchmark, which does not keep the title.",
    ),
    "lineage_review_open": (
        "关联场景发生事件或被撤销标杆，复核未结束或认定受影响：{reviews}。请先复核为不受影响（conclude_lineage_review）。",
        "Among the kin something went wrong: {reviews}. Conclude first that this scene is not, or no longer, affected.",
    ),
    # the servers
    "server_unreachable": (
        "连接不上 Temporal 服务（{address}）。请先运行 scene up，或检查连接设置。",
        "The Temporal server does not answer ({address}). Run `scene up`, or check the connection settings.",
    ),
    "no_worker": (
        "没有工作进程应答，命令未生效。请启动 worker.py 后用同一命令编号重试。",
        "No worker answers; nothing was done. Start worker.py and repeat with the same command id.",
    ),
    # among people
    "claimed_by_another": (
        "事项 {duty} 已由 {person} 认领，请其办理、转办或退回待领。",
        "{person} has claimed {duty}; ask them to act, to transfer it or to release it.",
    ),
    "not_claimed": ("事项 {duty} 尚无人认领，请先认领。", "Nobody has claimed {duty}; claim it first."),
    "delegated": (
        "事项 {duty} 已委办给 {person}，请等其交回，或由认领人先收回。",
        "{duty} is delegated to {person}; wait until it is handed back, or call it back first.",
    ),
    "duty_not_delegated": ("事项 {duty} 没有委办。", "{duty} is not delegated."),
    "duty_is_personal": (
        "事项 {duty} 由 {person} 本人办理，不得认领、转办或委办。",
        "{duty} is {person}'s own; it is neither claimed nor passed on.",
    ),
    "handler_takes_sides": (
        "{person} 曾代表发榜方或揭榜方办理本场景，不得经办 {duty}。",
        "{person} has acted for the owner or a bidder of this scene and may not handle {duty}.",
    ),
    "not_a_candidate": (
        "按人员目录，{person} 今天不在 {unit} 任 {role}，不能接办。可选：{candidates}。",
        "By the directory {person} is not {role} of {unit} today and cannot take the duty. Who can: {candidates}.",
    ),
    "unknown_draft": ("没有草稿 {draft}，或无权查看。", "There is no draft {draft}, or it is not yours to see."),
    "draft_changed": (
        "草稿 {draft} 的第 {revision} 稿已有他人保存，请先查看再改。",
        "Somebody has saved revision {revision} of draft {draft}; look at it first.",
    ),
    "draft_is_over": ("草稿 {draft} 已提交或作废。", "Draft {draft} was submitted or discarded."),
    "not_for_drafts": (
        "“{verb}”的内容在开标前密封，不存草稿。",
        "What {verb} says is sealed until the opening; it is kept in no draft.",
    ),
    "own_duty": ("事项 {duty} 是本单位的待办，请直接办理。", "{duty} is your own unit's duty; act on it."),
    "duty_paused": (
        "事项 {duty} 的期限已暂停，此时不能催办。",
        "The clock of {duty} stands still; nobody is nudged now.",
    ),
    "nudged_already": (
        "事项 {duty} 已于 {on} 催办，{again} 起可再次催办。",
        "{duty} was nudged on {on}; it can be nudged again from {again}.",
    ),
    "opinions_in": (
        "已有单位发表意见，本轮不得再加签；确需征求其意见的，请在下一轮会商前调整配合单位。",
        "A department has spoken; nobody is added to this round. Let another unit take part before the next one.",
    ),
    "no_signer": (
        "{unit} 承担受理、监督、支付或终审职责，不参加会商，请另选单位。",
        "{unit} is an office that admits, supervises, pays or decides last, and signs in no consultation.",
    ),
    "track_not_open": (
        "本市“{track}”通道不受理该场景（{why}）。请改走沙盒通道。",
        "The track {track} is not open to this scene ({why}); apply for the sandbox.",
    ),
    "signer_has_veto": (
        "{unit} 有一票否决权，不能减签。",
        "{unit} has a veto and cannot be left out.",
    ),
    "last_signer": (
        "{unit} 是唯一的会商单位，不能减签；可先加签。",
        "{unit} is the only department that is asked; add another first.",
    ),
    "not_the_last_act": (
        "第 {entry} 号记录之后已有他人办理，或该操作不可撤回。",
        "Somebody has acted since entry {entry}, or it is not an act that can be taken back.",
    ),
    "decision_not_taken_back": (
        "第 {entry} 号记录对 {against} 作出了不利决定，须送达并告知救济途径，不能撤回。当事人可申诉（appeal）。",
        (
            "Entry {entry} decided against {against}: that is served, with its remedies, and not taken back. They may "
            "appeal (appeal)."
        ),
    ),
    "went_out": (
        "第 {entry} 号记录不能撤回：它已产生文号、文书、排名或办结，或不属可撤回的操作。",
        (
            "Entry {entry} cannot be taken back: a numbered document, a notice to serve, a ranking or an end came of "
            "it, or it is an act that never is."
        ),
    ),
    "cannot_be_taken_back": (
        "“{verb}”按本市政策不可撤回。可撤回：{known}。",
        "By the city's policy {verb} cannot be taken back. Those that can: {known}.",
    ),
    "not_your_act": (
        "第 {entry} 号记录不是您办理的，只能撤回本人的操作。",
        "Entry {entry} is not yours; only its author takes it back.",
    ),
    "take_back_too_late": (
        "第 {entry} 号记录最迟于 {latest} 撤回，现已超过。",
        "Entry {entry} could be taken back until {latest}; that is over.",
    ),
    # the risk compensation pool
    "fund_off": (
        "{city}的政策没有设立风险补偿资金池（政策文件的 fund 一节）。",
        "The policy of {city} has no risk compensation pool (its section `fund`).",
    ),
    "fund_short": (
        "资金池可用余额 {available} 元，不足 {amount} 元。请先缴入资金，或减少补偿额。",
        "The pool has {available} yuan available, not {amount}. Pay in first, or grant less.",
    ),
    "fund_cause_unknown": (
        "政策没有列出补偿事由“{cause}”。可选：{known}。",
        "The policy knows no cause {cause}. It knows: {known}.",
    ),
    "fund_no_ground": (
        "{scene} 的账本中没有 {bidder} 的“{cause}”所依据的事实（{rests_on}）。请核对事故编号和揭榜方。",
        "The journal of {scene} has nothing for {bidder} that {cause} rests on ({rests_on}). See incident and bidder.",
    ),
    "fund_question_open": (
        "场景 {scene} 中 {bidder} 的事件是否触碰红线尚未认定，暂不能提出、审定或拨付补偿。请待事件销号后办理。",
        "Whether {bidder} crossed a red line in {scene} is not found yet; nothing is granted before that.",
    ),
    "fund_breach": (
        "{bidder} 在包容期触碰红线，不予风险补偿。",
        "{bidder} crossed a red line in its inclusion period; the pool does not compensate that.",
    ),
    "fund_judge_claims": (
        "{person} 曾在场景 {scene} 作出决定，不得为揭榜方申请补偿。",
        "{person} has decided in {scene} and may not claim for a bidder of it.",
    ),
    "fund_too_early": ("{earliest} 起方可申请补偿。", "A claim can be filed from {earliest}."),
    "fund_too_late": ("补偿申请已于 {latest} 截止。", "The last day to claim was {latest}."),
    "fund_claim_stands": (
        "{bidder} 已就此事提出第 {claim} 号补偿申请（{stands}），不得重复申请。",
        "{bidder} has claimed for this already: claim {claim} ({stands}).",
    ),
    "fund_over_share": (
        "补偿额 {amount} 元超过损失 {loss} 元的 {share}（至多 {most} 元）。",
        "{amount} yuan is more than {share} of the loss of {loss}: at most {most}.",
    ),
    "fund_over_claim_cap": (
        "补偿额 {amount} 元超过单笔上限 {most} 元。",
        "{amount} yuan is above the cap of {most} for one claim.",
    ),
    "fund_over_scene_cap": (
        "场景 {scene} 已获补偿 {granted} 元，再补偿 {amount} 元将超过每场景上限 {most} 元。",
        "{scene} was granted {granted} yuan; {amount} more would pass its cap of {most}.",
    ),
    "fund_over_year_cap": (
        "{year} 年已审定 {granted} 元，再补偿 {amount} 元将超过年度上限 {most} 元。",
        "{granted} yuan were approved in {year}; {amount} more would pass the year's cap of {most}.",
    ),
    "fund_over_asked": (
        "提出的补偿额 {amount} 元超过申请额 {asked} 元。",
        "{amount} yuan is more than the {asked} that were claimed.",
    ),
    "fund_other_amount": (
        "牵头单位提出的是 {proposed} 元，不是 {amount} 元。请重新查看后审定。",
        "The lead department proposes {proposed} yuan, not {amount}. Look again and decide anew.",
    ),
    "fund_over_paid": (
        "第 {claim} 号补偿尚可收回 {most} 元，不能收回 {amount} 元。",
        "Of claim {claim} {most} yuan can come back, not {amount}.",
    ),
    "fund_claim_status": (
        "第 {claim} 号补偿申请“{stands}”，不能执行“{verb}”。",
        "Claim {claim} is {stands}; {verb} is not possible.",
    ),
    "fund_unknown_claim": (
        "没有第 {claim} 号补偿申请，现有 {count} 件。用 scene fund show 查看。",
        "There is no claim {claim}; there are {count}. See `scene fund show`.",
    ),
    "fund_reading_untrue": (
        "申请所附场景 {scene} 第 {sequence} 号记录的情况与账本不符。请重新申请，由系统读取。",
        "What the claim says of {scene} at entry {sequence} is not what the ledger has. Claim anew and let it be read.",
    ),
}
"""Code: (Chinese, English). Braces are filled from the refusal's details."""


class Refused(Exception):
    """The rules say no. Nothing changed; `details` fill the text and are recorded with the refusal.

    A detail that is a sentence comes in both languages: `problem` in English, `problem_zh` in Chinese.

    `sequence` and `policy` tell how the scene stood that refused, where it was a scene: by which entry, by which rules.
    """

    sequence: int | None = None
    policy: str | None = None

    def __init__(self, code: str, **details: object) -> None:
        if code not in REFUSALS:
            raise KeyError(f"unknown refusal code: {code}")
        self.code = code
        self.details: dict[str, str] = {key: str(value) for key, value in details.items()}
        super().__init__(f"{code}: {self.text('en')}")

    def text(self, language: Language) -> str:
        chinese, english = REFUSALS[self.code]
        if language == "en":
            return english.format_map(_Blanks(self.details))
        in_chinese = {key: self.details.get(f"{key}_zh", value) for key, value in self.details.items()}
        return chinese.format_map(_Blanks(in_chinese))


class _Blanks(dict[str, str]):
    """A detail that is missing (from an older build) shows as itself rather than failing."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
