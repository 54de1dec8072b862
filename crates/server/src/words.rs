//! Sentences for codes, in both languages. `{max}` and its kin are facts of the mistake; a missing fact leaves a gap that
//! reads well. A test holds the list against the codes in the sources.

use std::collections::BTreeMap;

/// The sentence of a code.
pub(crate) fn sentence(code: &str, facts: &BTreeMap<String, String>, english: bool) -> String {
    let found = WORDS.iter().find(|(known, ..)| *known == code);
    let text = match (found, english) {
        (Some((_, _, en)), true) => *en,
        (Some((_, zh, _)), false) => *zh,
        (None, true) => "This input is not accepted.",
        (None, false) => "输入不符合要求。",
    };
    let mut sentence = text.to_owned();
    for (name, fact) in facts {
        sentence = sentence.replace(&format!("{{{name}}}"), fact);
    }
    while let (Some(start), Some(end)) = (sentence.find('{'), sentence.find('}')) {
        if start >= end {
            break;
        }
        sentence.replace_range(start..=end, "");
    }
    sentence
}

/// Code, 中文, English.
#[rustfmt::skip]
const WORDS: &[(&str, &str, &str)] = &[
    ("invalid", "有内容需要修改。", "Some input needs to be mended."),
    ("malformed", "请求不是有效的 JSON。", "The request is not valid JSON."),
    ("not_json", "请求体不是有效的 JSON。", "The body is not valid JSON."),
    ("json_expected", "请以 application/json 发送。", "Send it as application/json."),
    ("unsupported_media_type", "不支持这种内容类型。", "This content type is not supported."),
    ("too_large", "内容过大，最多 {max} 字节。", "Too large; at most {max} bytes."),
    ("not_found", "没有找到，或不在您的可见范围内。", "Not found, or not within what you may see."),
    ("method_not_allowed", "此地址不支持该操作。", "This address does not support that method."),
    ("took_too_long", "处理时间过长，已停止。", "It took too long and was stopped."),
    ("cross_site", "请求来自其他网站，已拒绝。", "The request came from another site and was refused."),
    ("no_session", "请先登录；会话可能已结束。", "Please sign in; the session may have ended."),
    ("invalid_credentials", "账号或密码不正确。", "Login or password is wrong."),
    ("totp_required", "请输入动态验证码。", "Enter the code of your authenticator."),
    ("totp_invalid", "动态验证码不正确或已使用过。", "The code is wrong or was used before."),
    ("locked", "尝试次数过多，账号已暂时锁定，请稍后再试。", "Too many attempts; the account is locked for a while."),
    ("too_many_requests", "请求过于频繁，请稍后再试。", "Too many requests; try again shortly."),
    ("too_many_streams", "打开的页面过多，此页不会自动更新；请关闭一些页面。", "Too many pages are open, so this one does not follow along; close some."),
    ("slow_down", "操作过于频繁，请稍后再试。", "Too fast; please wait a moment."),
    ("quota_exceeded", "本小时查看明文次数已达上限，请稍后再试或联系主管。", "You have reached this hour's limit of reveals; wait or ask your manager."),
    ("sealed", "系统尚未解封，请联系运维。", "The system is still sealed; ask the operator."),
    ("ledger_unavailable", "留痕无法写入，操作没有执行。", "The log cannot be written, so nothing was done."),
    ("internal", "系统出错，操作没有执行。", "Something went wrong on our side; nothing was done."),
    ("forbidden", "您没有此项权限，可向主管或安全管理员申请。", "You do not have this right; ask your manager or the security administrator."),
    ("push_off", "本系统没有开启推送，请联系运维。", "Push is not turned on here; ask the operator."),
    ("not_a_push_service", "这不是可以使用的推送服务地址。", "This is not the address of a push service that may be used."),
    ("own_alert", "不能处置与自己有关的告警。", "You cannot answer an alert about yourself."),
    ("alert_closed", "该告警已关闭。", "This alert is closed."),
    ("alert_acknowledged", "该告警已有人确认。", "Somebody has acknowledged this alert already."),
    ("alert_changed", "该告警刚被他人处置，请刷新后查看。", "Somebody has just answered this alert; look again."),
    ("own_request", "不能审批自己的申请。", "You cannot decide on your own request."),
    ("revision_conflict", "记录已被他人修改，请对照后再保存。", "Somebody changed the record meanwhile; compare and save again."),
    ("duplicate", "客户已存在，请联系{team}。", "Already known; please ask {team}."),
    ("duplicate_in_pool", "该客户在公海中，可直接领取。", "Already known and in the public pool; you can claim it."),
    ("already_reviewed", "该月已复核。", "This month has been reviewed already."),
    ("already_decided", "该申请已处理。", "This request has been decided already."),
    ("already_spent", "该批准已使用过。", "This approval has been used already."),
    ("not_approved", "尚未获得批准。", "Not approved."),
    ("snapshot_changed", "申请内容已变化，原批准作废。", "The request has changed; the approval is void."),
    ("export_rights_changed", "您的权限在导出生成后已变化，请重新导出。", "Your rights have changed since this export was made; export again."),
    ("expired", "已过期。", "Expired."),
    ("already_in_pool", "已在公海中。", "Already in the public pool."),
    ("not_in_pool", "不在公海中，可能已被他人领取。", "Not in the public pool; somebody may have claimed it."),
    ("no_pool", "该对象没有公海。", "This object has no public pool."),
    ("erasure_open", "该客户已有未完成的销毁申请。", "An erasure of this customer is open already."),
    ("rights_open", "同类请求正在办理，请等待答复。", "A request of this kind is open already; please wait for its answer."),
    ("rights_changed", "该请求的状态已变化，请刷新后再办理。", "This request has moved on; look again."),
    ("needs_erasure", "删除请求须经审批后执行，请发起销毁。", "An erasure is carried out after approval; begin the erasure."),
    ("check_required", "请完成身份核验：手机号后四位、工作人员告知的验证码。", "Show who you are: the last four digits of your number and the code you were told."),
    ("same_hand", "为保护您，下载链接与取件码须由不同的工作人员提供。请让负责您的同事重新发送链接。", "To protect you, link and code must come from two different colleagues. Ask whoever serves you for a new link."),
    ("check_failed", "核验未通过，还可尝试 {left} 次。", "That does not match; {left} more tries."),
    ("check_locked", "核验次数已用完，请联系为您服务的工作人员。", "No more tries; please contact the colleague who serves you."),
    ("handover_open", "此人已有未完成的离职交接。", "A handover of this person is open already."),
    ("exports_open", "未完成的导出过多，请先等待或取消。", "Too many of your exports are unfinished; wait or cancel some."),
    ("export_closed", "该导出已结束，不能取消。", "This export is over and cannot be cancelled."),
    ("busy", "操作过于集中，请重试。", "Too much at once; please try again."),
    ("finished", "交接已完成。", "The handover is finished."),
    ("cannot_own", "此人不能负责该记录。", "This person cannot own the record."),
    ("not_in_the_plan", "不在交接清单中，或已转交。", "Not in the plan of this handover, or moved already."),
    ("parent_deleted", "所属客户仍在回收站，请先恢复客户。", "What it belongs under is in the recycle bin; restore that first."),
    ("still_being_read", "数据仍在被读取，销毁将自动继续。", "Old pages are still being read; the destruction will go on by itself."),
    ("owned_by_another", "已由他人负责。", "It is owned by somebody else by now."),
    ("personal_data", "此处不能填写个人信息。", "Personal data may not be written here."),
    ("idempotency_key_format", "请求标识须为 1 至 100 个 ASCII 字符。", "The key is 1 to 100 ASCII characters."),
    ("request_in_progress", "同一请求正在处理，请稍后再看结果。", "The same request is still running; look again in a moment."),
    ("idempotency_key_reused", "该请求标识已用于其他内容。", "This key was used for another request."),
    ("already_withdrawn", "该同意已撤回。", "This consent was withdrawn already."),
    ("definition_changed", "定义已被他人发布新版本，请刷新后再试。", "Somebody published a newer version; reload and try again."),
    ("deleted", "记录在回收站中。", "The record is in the recycle bin."),
    ("not_deleted", "记录不在回收站中。", "The record is not in the recycle bin."),
    ("follows_its_parent", "该记录随所属客户流转，不能单独操作。", "It follows its customer and cannot be moved by itself."),
    ("on_hold", "记录处于法定保全状态，只能保存。", "The record is under a hold and may only be kept."),
    ("subject_destroyed", "该主体的数据已销毁。", "This person's data has been destroyed."),
    ("totp_enrolled", "已启用动态验证码。", "A second factor is enrolled already."),
    ("totp_not_begun", "请先获取动态验证码密钥。", "Begin the enrolment first."),
    ("second_factor_demanded", "本系统要求两步验证，不能关闭；更换手机时请使用“更换验证器”。", "Two-step sign-in is required here and cannot be turned off; replace your authenticator instead."),
    ("totp_not_enrolled", "尚未启用动态验证码。", "No second factor is enrolled."),
    ("file_kind", "只能添加 JPEG、PNG、WebP 图片，PDF，以及不含宏的 Word、Excel 文件。", "Only JPEG, PNG and WebP pictures, PDF, and Word and Excel files without macros can be added."),
    ("file_damaged", "文件不完整或已损坏，或有密码保护。", "The file is incomplete, damaged, or protected by a password."),
    ("file_macros", "文件含有宏或控件，不能添加。", "The file brings macros or controls along and cannot be added."),
    ("file_name", "文件名不能含有斜杠，并须按 UTF-8 百分号编码发送。", "A name holds no slashes and is sent as percent-encoded UTF-8."),
    ("file_expected", "请以文件的类型发送，如 image/jpeg 或 application/octet-stream。", "Send it as a file: image/jpeg, application/octet-stream or the like."),
    ("file_removed", "文件已移除，内容无法恢复。", "The file was removed; what it held cannot be brought back."),
    ("required", "必填。", "Required."),
    ("required_by_stage", "进入该阶段前必须填写。", "Required before entering this stage."),
    ("unknown_field", "没有这个字段，或您无权查看。", "There is no such field, or you may not see it."),
    ("not_writable", "您无权修改该字段。", "You may not change this field."),
    ("wrong_type", "数据类型不正确。", "The value has the wrong type."),
    ("unknown_option", "不是可选项。", "Not one of the choices."),
    ("locked_option", "该选项由系统设定，不能手动选择或更改。", "This choice is set by the system and cannot be chosen or changed by hand."),
    ("nothing_overwritten", "并入现有记录时不改动其资料。", "Converting into an existing record changes none of its fields."),
    ("already_converted", "该线索已经转换。", "It has been converted already."),
    ("consent_withdrawn", "客户已撤回同意，该信息不能再用于此目的。", "They withdrew their consent; this may no longer be used for that purpose."),
    ("consent_changed", "客户的授权刚有变动，请刷新后重试。", "What they agreed to has just changed; look again."),
    ("inactive_option", "该选项已停用。", "This choice is no longer offered."),
    ("too_long", "过长，最多 {max} 个字符。", "Too long; at most {max} characters."),
    ("personal_value", "保存的视图不能含有客户的资料；这个条件请每次现填。", "A saved view may not hold a customer's data; type this condition when you need it."),
    ("too_many", "过多，最多 {max} 项。", "Too many; at most {max}."),
    ("too_deep", "嵌套过深，最多 {max} 层。", "Nested too deeply; at most {max} levels."),
    ("above_max", "不能大于 {max}。", "Must not be above {max}."),
    ("below_min", "不能小于 {min}。", "Must not be below {min}."),
    ("not_a_month", "不是月份，应如 2026-10。", "Not a month, such as 2026-10."),
    ("not_due", "保存期限尚未届满，或已被保全。", "Its term is not over, or it is held."),
    ("retention_required", "含个人信息的对象必须规定保存期限。", "An object with personal data must say how long it is kept."),
    ("last_follow_up_required", "要规定公海期限，对象须有“最近跟进”字段。", "A term of the pool needs a field that keeps the last follow-up."),
    ("filterable_date_required", "须是可筛选的日期字段。", "It must be a date field that can be filtered by."),
    ("night_is_empty", "夜间时段不能为空：开始与结束不能相同。", "The night must not be empty: it cannot end when it begins."),
    ("sum_too_large", "合计超出可表示的范围，请缩小条件。", "The sum is too large to be told; ask for fewer records."),
    ("retention_of_another", "该对象随所属客户保存，不能另定期限。", "It is kept as long as its customer and has no term of its own."),
    ("not_a_week", "不是周，应如 2026-W47。", "Not a week, such as 2026-W47."),
    ("week_not_over", "该周尚未结束。", "This week is not over yet."),
    ("week_too_old", "只能抽查最近四周。", "Only the last four weeks can be drawn."),
    ("already_scored", "该跟进已评分。", "This follow-up has been scored already."),
    ("drawn_before", "该周已抽取，请刷新。", "This week has been drawn already; look again."),
    ("no_head_yet", "留痕的检查点尚未签署，请稍后再试。", "The log has not been signed since; try again in a moment."),
    ("own_follow_up", "不能给自己的跟进评分。", "You cannot score your own follow-up."),
    ("not_over", "该月尚未结束。", "This month is not over yet."),
    ("out_of_range", "超出范围。", "Out of range."),
    ("control_character", "含有不可见字符。", "Contains control characters."),
    ("phone_format", "电话号码格式不正确。", "Not a valid phone number."),
    ("email_format", "邮箱格式不正确。", "Not a valid e-mail address."),
    ("id_number_format", "身份证号格式不正确。", "Not a valid ID number."),
    ("id_number_length", "身份证号应为 18 位。", "An ID number has 18 characters."),
    ("id_number_date", "身份证号中的出生日期不存在。", "The birth date in the ID number does not exist."),
    ("id_number_checksum", "身份证号校验位不正确。", "The check character of the ID number is wrong."),
    ("url_format", "网址格式不正确。", "Not a valid address."),
    ("url_scheme", "网址须以 http:// 或 https:// 开头。", "The address must begin with http:// or https://."),
    ("date_format", "日期格式应为 2026-11-24。", "Write dates as 2026-11-24."),
    ("datetime_format", "时间格式应为 RFC 3339。", "Write times as in RFC 3339."),
    ("date_out_of_range", "日期超出允许范围。", "The date is out of range."),
    ("days_out_of_range", "天数超出允许范围。", "The number of days is out of range."),
    ("no_such_day", "没有这一天。", "There is no such day."),
    ("in_the_future", "不能晚于现在。", "Must not lie in the future."),
    ("not_text", "应为文本。", "Must be text."),
    ("not_a_number", "应为数字。", "Must be a number."),
    ("not_a_whole_number", "应为整数。", "Must be a whole number."),
    ("not_a_boolean", "应为是或否。", "Must be yes or no."),
    ("not_a_list", "应为列表。", "Must be a list."),
    ("not_a_range", "应为两个值的区间。", "Must be a range of two values."),
    ("not_an_object", "应为对象。", "Must be an object."),
    ("not_an_id", "应为记录编号。", "Must be an id."),
    ("not_an_address", "地址格式不正确。", "Not an address."),
    ("decimal_format", "小数格式不正确。", "Not a valid decimal."),
    ("decimal_as_text", "较大的小数请以文本发送。", "Send large decimals as text."),
    ("too_many_decimals", "小数位过多，最多 {max} 位。", "Too many decimals; at most {max}."),
    ("masked_value", "这是脱敏后的显示，不能保存。", "This is a masked value and cannot be saved."),
    ("value_required", "请填写比较的值。", "A value is required."),
    ("unexpected", "此条件不需要值。", "This condition takes no value."),
    ("unexpected_value", "此条件不需要值。", "This condition takes no value."),
    ("unknown_operator", "没有这种条件。", "There is no such operator."),
    ("operator_not_allowed", "该字段不支持此条件。", "This field does not take this operator."),
    ("operator_not_for_this_field", "该字段不支持此条件。", "This field does not take this operator."),
    ("not_filterable", "该字段不能用于筛选。", "This field cannot be filtered."),
    ("not_sortable", "该字段不能用于排序。", "This field cannot be sorted by."),
    ("not_groupable", "该字段不能用于分组。", "Records cannot be grouped by this field."),
    ("not_summable", "该字段不能求和。", "This field cannot be added up."),
    ("too_many_groups", "分组过多，请缩小范围。", "Too many groups; narrow the filter."),
    ("fields_never_visible_together", "这些字段不会同时对您可见。", "You never see these fields together."),
    ("one_number_at_a_time", "一次只能按一个号码筛选。", "Only one number can be filtered by at a time."),
    ("unknown_key", "不认识的键。", "Unknown key."),
    ("cursor_format", "翻页标记无效，请从头开始。", "The cursor is not valid; start over."),
    ("unknown_record", "没有这条记录，或不在您的可见范围内。", "No such record within what you may see."),
    ("unknown_person", "没有这个人，或账号已停用。", "No such person, or the account is frozen."),
    ("owns_it_already", "已由此人负责。", "This person owns it already."),
    ("claim_first", "该记录在公海中，请先领取。", "It lies in the public pool; claim it first."),
    ("parent_immutable", "所属客户不能更改。", "The customer it belongs to cannot be changed."),
    ("empty", "该字段没有内容。", "This field is empty."),
    ("unknown_purpose", "请选择查看目的。", "Choose a purpose."),
    ("basis_required", "含有个人信息：请先告知并选择合法性基础。", "It holds personal data: show the notice and state the basis first."),
    ("consent_required", "请先取得客户同意。", "Obtain consent first."),
    ("separate_consent_required", "敏感个人信息须另行取得单独同意。", "Sensitive data needs its own separate consent."),
    ("notice_outdated", "隐私告知已更新到第 {version} 版，请重新展示。", "The notice is now at version {version}; show it again."),
    ("unknown_notice", "没有这份隐私告知。", "There is no such notice."),
    ("purpose_not_covered", "隐私告知不包含该目的。", "The notice does not cover this purpose."),
    ("wrong_password", "当前密码不正确。", "The current password is wrong."),
    ("same_as_before", "新密码不能与当前相同。", "The new password must differ."),
    ("password_short", "密码过短，至少 {min} 个字符。", "Too short; at least {min} characters."),
    ("password_long", "密码过长，最多 {max} 个字符。", "Too long; at most {max} characters."),
    ("password_common", "这个密码太常见。", "This password is too common."),
    ("password_is_login", "密码不能与账号相同。", "The password must not be the login."),
    ("password_is_company", "密码不能是公司或本人名称。", "The password must not be a name."),
    ("password_repeats", "密码不能只是重复的字符。", "The password must not just repeat itself."),
    ("login_format", "账号只能含小写字母、数字和 . _ - @，2 至 64 位。", "A login has 2 to 64 of a–z, 0–9 and . _ - @."),
    ("login_taken", "账号已被使用。", "This login is taken."),
    ("unknown_role", "没有这个角色。", "There is no such role."),
    ("one_way_of_contact", "请至少填写邮箱或电话之一。", "Give an e-mail address or a phone number."),
    ("day_twice", "这一天已在列表中。", "This day is in the list already."),
    ("day_is_holiday", "这一天已列为假日，不能同时是调休工作日。", "This day is a holiday and cannot be worked as well."),
    ("one_administrator_only", "系统、安全、审计管理员不得由一人兼任。", "Nobody may hold two of the three administrators."),
    ("unknown_object", "没有这个对象。", "There is no such object."),
    ("unknown_version", "没有这个版本。", "There is no such version."),
    ("locked_field", "系统字段不能停用或解锁。", "A field of the system cannot be retired or unlocked."),
    ("immutable", "发布后不能更改。", "Cannot be changed once published."),
    ("kind_immutable", "字段类型发布后不能更改。", "The kind of a field cannot be changed."),
    ("field_removed_retire_it_instead", "字段不能删除，请改为停用。", "A field cannot be removed; retire it instead."),
    ("class_needs_migration", "不能直接在加密与非加密等级之间更改。", "The class cannot move between sealed and readable."),
    ("name_format", "名称须以小写字母开头，只含小写字母、数字和下划线。", "A name begins with a–z and holds a–z, 0–9 and _."),
    ("name_reserved", "该名称为系统保留。", "This name is reserved."),
    ("must_be_locked", "转换所用的字段和选项须由系统设定（locked）。", "What a conversion sets must be locked."),
    ("must_be_filterable", "转换所用的引用字段须可筛选。", "The reference that a conversion sets must be filterable."),
    ("unfit_target", "记录不能转换为该对象。", "Records cannot be converted into this object."),
    ("locked_target", "目标字段由系统设定，不能写入。", "The field it goes into is set by the system."),
    ("kind_differs", "两个字段的类型不同。", "The two fields are of different kinds."),
    ("class_lower", "目标字段的敏感等级不能低于来源字段。", "The class of the field it goes into must not be lower."),
    ("options_missing", "目标字段缺少来源字段的部分选项。", "Some of its choices are missing in the field it goes into."),
    ("name_taken", "名称重复。", "This name is taken."),
    ("id_taken", "编号重复。", "This id is taken."),
    ("option_taken", "选项重复。", "This choice is there twice."),
    ("options_required", "请填写选项。", "Choices are required."),
    ("options_unexpected", "该类型没有选项。", "This kind has no choices."),
    ("target_mismatch", "引用字段须指明对象。", "A reference names its object."),
    ("column_taken", "该列已被使用。", "This column is taken."),
    ("column_of_sealed_field", "加密字段不能放入普通列。", "A sealed field cannot be kept in a column."),
    ("personal_field_without_subject", "该对象不能含个人信息字段。", "This object may not hold personal data."),
    ("sealed_field_cannot_be_projected", "加密字段不能建立筛选或排序索引。", "A sealed field cannot be projected."),
    ("several_values_cannot_be_sorted", "多选字段不能用于排序。", "A field of several choices cannot be sorted by."),
    ("needs_reindex", "已有记录没有该字段的索引，不能再开启 {flag}；请新增字段。", "Existing records are in no index of this field, so {flag} cannot be turned on any more; add a new field."),
    ("blind_index_of_readable_field", "只有加密字段需要盲索引。", "Only sealed fields have blind indexes."),
    ("blind_index_of_kind", "该类型不支持此盲索引。", "This kind does not take that blind index."),
    ("range_reversed", "最小值大于最大值。", "The smallest is above the largest."),
    ("notice_required", "含个人信息的表单须附隐私告知。", "A form with personal data carries a notice."),
    ("parent_required", "须指明所属对象。", "A parent is required."),
    ("parent_must_be_required", "所属字段必须为必填。", "The parent's field must be required."),
    ("auditor_sees_no_personal_data", "审计管理员不得查看个人信息。", "The auditor sees no personal data."),
    ("act_of_another_administrator", "该权限属于另一类管理员（系统、安全、审计三员分立），不能放入此角色。", "This right belongs to another administrator (system, security and audit are kept apart) and cannot be in this role."),
    ("own_role", "不能修改自己所担任的角色，请由另一位安全管理员发布。", "Nobody changes a role that they hold; ask another security administrator to publish it."),
    ("own_roles", "不能修改自己的角色，请由另一位安全管理员操作。", "Nobody changes their own roles; ask another security administrator."),
    ("reset_oneself", "不能重置自己的密码或两步验证，请由另一位管理员操作。", "Nobody resets their own password or second factor; ask another administrator."),
    ("choose_password", "您使用的是一次性密码，请先设置自己的密码。", "You came in with a one-time password; choose one of your own first."),
    ("enrol_second_factor", "本系统要求两步验证，请先绑定身份验证器。", "Two-step sign-in is required here; set up your authenticator first."),
    ("account_frozen", "该账号已冻结，请先解除冻结。", "This account is frozen; let it in again first."),
    ("account_active", "该账号未被冻结。", "This account is not frozen."),
    ("department_in_use", "部门内还有人员、下级部门或客户记录，请先移走。", "There are still people, departments or records in it; move them first."),
    ("department_below_itself", "部门不能移到自己或自己的下级之下。", "A department cannot be moved below itself."),
    ("department_too_deep", "部门层级过多。", "Too many departments above each other."),
    ("department_taken", "同一上级下已有同名部门。", "There is a department of this name there already."),
    ("freeze_oneself", "不能冻结自己的账号。", "Nobody freezes their own account."),
    ("own_department", "不能调整自己的部门，也不能把其他部门移到自己名下。", "Nobody moves themselves to another department, nor another department under their own."),
    ("class_lowered", "字段的敏感等级只能提高，不能降低。", "The class of a field can be raised but not lowered."),
    ("column_immutable", "字段的存储位置发布后不能更改。", "Where a field is kept cannot be changed once it is published."),
    ("outcome_immutable", "表示结束的选项不能删除或取消其结束含义，否则已结束的记录会重新开放。", "A choice that ends a record must stay one: else what is closed would be open again."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut missing = Vec::new();
        for file in sources(&root) {
            let text = std::fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for call in [
                "Problem::Conflict(\"",
                "Problem::invalid(",
                "FieldError::new(",
                "wrong(\"",
                "wrong(field, \"",
            ] {
                for (at, _) in text.match_indices(call) {
                    let rest = text[at + call.len()..].split(")").next().unwrap_or_default();
                    let code =
                        if call.ends_with('"') { rest.split('"').next() } else { rest.rsplit('"').nth(1) };
                    let Some(code) = code.filter(|c| {
                        c.len() > 3
                            && c.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
                    }) else {
                        continue;
                    };
                    // A code in a variable is looked at where it comes from.
                    let is_written_out =
                        call.ends_with('"') || rest.contains(',') && rest.trim().ends_with('"');
                    if is_written_out && !WORDS.iter().any(|(known, ..)| *known == code) {
                        missing.push(format!("{code} in {}", file.display()));
                    }
                }
            }
        }
        missing.sort();
        missing.dedup();
        assert!(missing.is_empty(), "no sentence for {missing:#?}");
        for (code, zh, en) in WORDS {
            assert!(!zh.is_empty() && !en.is_empty(), "{code}");
            assert!(!zh.is_ascii() && en.is_ascii() || en.contains('–'), "{code} mixes languages");
        }
    }

    fn sources(root: &std::path::Path) -> Vec<std::path::PathBuf> {
        let mut found = Vec::new();
        let mut open: Vec<_> =
            ["model/src", "vault/src", "core/src", "server/src"].map(|d| root.join(d)).into();
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                    found.push(path);
                }
            }
        }
        found
    }
}
