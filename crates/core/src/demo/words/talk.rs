//! What sales people write down. `{who}` the person spoken to, `{room}` their department, `{goods}` the product,
//! `{n}` how many, `{unit}` the unit, `{wan}` the amount in 万元, `{rival}` a competitor, `{when}` a day ahead.

/// A note: how they were in touch, what was said, how it went.
pub(in crate::demo) type Note = (&'static str, &'static str, &'static str);

/// Notes by stage of the pipeline, in the order of the stages (初访 … 流失).
pub(in crate::demo) const NOTES: [&[Note]; 7] = [
    &[
        (
            "visit",
            "第一次到院，在{room}见到{who}。介绍了公司和{goods}的基本情况，对方正在看同类设备，留了彩页，约{when}再详谈。",
            "progress",
        ),
        (
            "visit",
            "陌生拜访{room}，{who}在开会，只聊了十分钟。科里现有设备用了八年，报修较多，愿意了解{goods}。",
            "progress",
        ),
        ("call", "电话联系{who}，说明来意。对方表示今年预算还没批，让我们{when}以后再联系。", "waiting"),
        ("call", "拨打两次均未接听，已发短信说明来意，{when}上午再试。", "no_answer"),
        ("wechat", "通过微信给{who}发了{goods}的彩页和注册证，对方回复“收到，先看看”。", "waiting"),
        (
            "meeting",
            "学术会议上与{who}交流，对{goods}的图像质量印象不错，想知道同级别医院的装机情况。",
            "progress",
        ),
        (
            "email",
            "按{who}要求发送公司资质、{goods}注册证和产品参数表，请对方转给{room}其他同事。",
            "waiting",
        ),
        ("visit", "到{room}送资料，{who}带看了机房，场地和电源条件没有问题，承重需要后勤确认。", "progress"),
        ("call", "{who}回电，问{goods}能不能进当地的集采目录，已查询并答复，可以走备案采购。", "progress"),
    ],
    &[
        (
            "visit",
            "与{who}梳理需求：{room}计划添置{goods}{n}{unit}，重点看稳定性和售后响应时间，要求四小时到场。",
            "progress",
        ),
        (
            "meeting",
            "科室讨论会，{who}提出要能与院内信息系统对接，已记下接口要求，回去请工程师确认。",
            "progress",
        ),
        ("call", "{who}说论证报告已报设备科，需要三家品牌比选，我们和{rival}都在名单里。", "progress"),
        ("wechat", "{who}发来技术参数征集表，要求{when}前填好交回，已转产品部。", "waiting"),
        (
            "visit",
            "陪{who}看了现有设备的使用记录，日均开机十小时以上，{goods}的满负荷能力是关键。",
            "progress",
        ),
        ("call", "跟进参数表，{who}说有两项参数要求偏高，担心没有品牌能满足，请我们提修改建议。", "progress"),
        (
            "meeting",
            "和{who}一起开需求沟通会，确认数量{n}{unit}，预算大约{wan}万元，资金来源为自筹。",
            "progress",
        ),
        ("email", "整理会议纪要发给{who}：数量、接口、培训人数、验收标准四项已确认，付款方式待定。", "done"),
        ("call", "{who}出差，助理转告需求不变，等{when}回院后再约。", "waiting"),
    ],
    &[
        ("visit", "{goods}样机送到{room}试用，培训了四位操作人员，{who}在场，试用期两周。", "progress"),
        ("visit", "试用中期回访，{who}反映操作界面清楚，噪音比{rival}小，希望再看看耗材成本。", "progress"),
        (
            "meeting",
            "给{room}做方案汇报，二十人参加。{who}认可整体方案，要求补充三家三级医院的用户名单。",
            "progress",
        ),
        ("wechat", "{who}反馈试用结论：图像和稳定性满意，支架高度偏低，已请工程师带加高件处理。", "progress"),
        ("call", "与{who}确认配置清单，去掉两项用不上的选配，增加一套备用探头。", "progress"),
        ("email", "发送方案第二版和配置清单，附全生命周期成本测算，请{who}转采购办。", "waiting"),
        ("visit", "陪{who}参观了已装机的兄弟医院，使用科室评价很好，回程时主动问起交货期。", "progress"),
        (
            "meeting",
            "{rival}昨天也做了演示，{who}说对方价格更低，但售后网点少，我们准备一份服务对比。",
            "progress",
        ),
        ("call", "样机到期，{who}希望延长一周给夜班同事试用，已请示主管同意。", "progress"),
    ],
    &[
        (
            "email",
            "正式报价已发{who}：{goods}{n}{unit}，总价{wan}万元，含三年保修和两次现场培训，有效期三十天。",
            "waiting",
        ),
        (
            "call",
            "{who}收到报价，说比预算高一些，问能不能把保修期单列，已答应{when}前给分项报价。",
            "progress",
        ),
        ("visit", "当面解释报价构成，{who}认可配置，但要求与{rival}同口径比较，回去整理对比表。", "progress"),
        ("wechat", "{who}问付款方式能否改为到货 60%、验收 35%、质保金 5%，已报商务审批。", "waiting"),
        ("call", "招标公告下周发布，{who}提醒注意业绩证明的年限要求，投标文件本周内备齐。", "progress"),
        (
            "meeting",
            "与采购办开澄清会，{who}对交货期和备件清单提了五个问题，当场答复四个，备件价格{when}前补上。",
            "progress",
        ),
        ("email", "补充分项报价和备件价目表，{goods}裸机价不变，保修由三年调整为可选。", "waiting"),
        ("call", "{who}说院里还在走三重一大流程，预计{when}上会，请我们准备一页纸的采购说明。", "waiting"),
    ],
    &[
        (
            "meeting",
            "商务谈判第一轮，{who}和财务在场。对方希望总价控制在{wan}万元以内，我们让了培训费，价格待主管批复。",
            "progress",
        ),
        ("call", "{who}转达院领导意见：同意品牌，价格再降三个点当月签。已提交特价申请。", "progress"),
        ("visit", "送合同草案到{room}，{who}要求把响应时间写进违约条款，法务已在看。", "progress"),
        ("wechat", "{who}发来修改后的合同，主要改了质保金比例和验收时限，转法务合规部审核。", "waiting"),
        (
            "meeting",
            "第二轮谈判，确定{goods}{n}{unit}、分两批交货，付款 30/60/10，剩下耗材价格{when}再谈。",
            "progress",
        ),
        (
            "call",
            "{who}说{rival}临时降价，院内有不同声音，我们强调了服务网点和装机量，{when}陪主管再拜访一次。",
            "progress",
        ),
        (
            "visit",
            "陪主管拜访{who}，就安装场地改造费用达成一致，由我方承担地脚加固，合同可以走签批。",
            "progress",
        ),
    ],
    &[
        ("visit", "{goods}到货，与{who}共同开箱清点，{n}{unit}全部完好，签收单已带回。", "done"),
        ("visit", "安装调试完成，{room}八人参加操作培训并考核通过，{who}在验收单上签字。", "done"),
        ("call", "回访{who}，设备运行正常，日均开机九小时，对工程师的响应速度满意。", "done"),
        ("wechat", "{who}咨询耗材补货，已告知价格和起订量，对方{when}前报计划。", "progress"),
        ("call", "提醒{who}第二期款项到期，财务说{when}付款，已同步商务。", "waiting"),
        ("visit", "季度保养时顺访{who}，科里明年准备再添一套，提前把预算口径对好。", "progress"),
        ("email", "发送验收资料、保修卡和培训签到表电子版，请{who}归档。", "done"),
        ("meeting", "用户座谈会，{who}愿意做示范科室，下一步对接参观接待流程。", "progress"),
    ],
    &[
        ("call", "{who}告知最终选了{rival}，主要是价格原因，差距约一成。感谢告知，保持联系。", "refused"),
        (
            "visit",
            "拜访{who}了解落选原因：院里有{rival}的同系列设备，医生更习惯。明年有更新计划，届时再看。",
            "refused",
        ),
        ("call", "{who}说项目因预算调整取消，今年不再采购，{when}以后再看新的年度计划。", "refused"),
        ("email", "收到未中标通知，综合得分差 1.8 分，失分在业绩证明。已向{who}致谢并申请反馈。", "refused"),
    ],
];

/// Notes about a distributor, whatever the stage.
pub(in crate::demo) const TRADE_NOTES: &[Note] = &[
    (
        "visit",
        "到公司拜访{who}，对方主做二级医院和民营医院，想拿{goods}的区域授权，已说明授权条件。",
        "progress",
    ),
    ("call", "{who}问{goods}的经销价和返点政策，按统一政策答复，超出部分需主管审批。", "progress"),
    ("meeting", "与{who}讨论年度任务，初步定{n}{unit}起步，季度考核，样机由我方提供一台。", "progress"),
    ("wechat", "{who}报备一个终端项目，已查重，没有与直销冲突，登记后按报备保护六十天。", "progress"),
    ("email", "发送授权协议草案和经销商资质清单，请{who}补经营许可证和质量管理文件。", "waiting"),
    ("call", "{who}说下游回款慢，希望账期从三十天放到六十天，已提交信用评估。", "waiting"),
    ("visit", "看了对方仓库，阴凉库和温湿度记录齐全，符合存储要求，{who}配合做了现场检查表。", "done"),
    ("meeting", "和{who}一起拜访终端医院，对{goods}有兴趣，预算约{wan}万元，由经销商主导投标。", "progress"),
    ("call", "提醒{who}上个月的流向数据还没报，对方答应{when}前补齐。", "waiting"),
    ("wechat", "{who}询问{goods}的注册证延续进度，已答复在办，预计不影响供货。", "done"),
];

/// What is planned next with a distributor.
pub(in crate::demo) const TRADE_PLANS: &[(&str, &str)] = &[
    ("call", "催{who}补报流向数据"),
    ("visit", "拜访{who}，谈年度任务和区域授权"),
    ("meeting", "和{who}一起拜访终端医院"),
    ("email", "给{who}发授权协议修改稿"),
    ("wechat", "回复{who}关于{goods}账期的申请"),
];

/// What is planned next, by stage.
pub(in crate::demo) const PLANS: [&[(&str, &str)]; 7] = [
    &[
        ("call", "给{who}打电话，确认是否看过{goods}资料"),
        ("visit", "再次到{room}拜访{who}，带装机名单"),
        ("wechat", "问{who}预算批复进度"),
        ("call", "上次未接通，重新联系{who}"),
    ],
    &[
        ("visit", "与{who}核对{goods}技术参数"),
        ("meeting", "参加{room}需求讨论会"),
        ("email", "把接口要求的答复发给{who}"),
        ("call", "追问三家比选的时间安排"),
    ],
    &[
        ("visit", "{goods}试用回访，收集{room}意见"),
        ("meeting", "向{who}汇报方案第二版"),
        ("call", "约{who}参观已装机医院"),
        ("email", "发送用户名单和服务对比"),
    ],
    &[
        ("call", "跟进{who}对报价的意见"),
        ("email", "补发{goods}分项报价"),
        ("meeting", "参加采购办澄清会"),
        ("visit", "送投标文件，确认开标时间"),
    ],
    &[
        ("meeting", "第二轮商务谈判，带特价批复"),
        ("call", "催{who}合同签批进度"),
        ("visit", "陪主管拜访{who}"),
        ("wechat", "把法务修改意见发给{who}确认"),
    ],
    &[
        ("call", "回访{who}设备使用情况"),
        ("visit", "季度保养顺访{room}"),
        ("call", "提醒第二期款项"),
        ("wechat", "询问{who}耗材补货计划"),
    ],
    &[("call", "问候{who}，了解下一年度采购计划"), ("wechat", "发送{goods}新配置资料给{who}")],
];

/// Remarks about a customer.
pub(in crate::demo) const REMARKS: &[&str] = &[
    "{who}每周三下午有空，上午查房不要打扰。",
    "院内采购十万元以上走公开招标，十万元以下科室可议价。",
    "与{rival}合作多年，需要从售后响应切入。",
    "新院区预计明年投入使用，设备需求集中。",
    "付款较慢，合同里要写清逾期条款。",
    "{who}是{goods}的老用户，愿意帮忙介绍同行。",
    "停车不便，拜访建议坐地铁；门卫需要提前登记。",
    "决策人是分管院长，{room}的意见占比很大。",
    "要求所有资料盖章扫描后发邮件，纸质件另寄。",
    "老客户转介绍，对价格敏感，先谈方案再谈价。",
];

/// What a lead asked for, by source; an empty source fits all.
pub(in crate::demo) const NEEDS: &[(&str, &str)] = &[
    ("website", "官网留言：新开门诊，需要{goods}，希望尽快报价并安排演示。"),
    ("website", "官网留言：咨询{goods}是否支持租赁或按次付费。"),
    ("website", "官网留言：想了解{goods}的配置差别，请工作日下午联系。"),
    ("exhibition", "展会扫码登记，对{goods}感兴趣，想要注册证和价格区间。"),
    ("exhibition", "展台交流，现有设备已用满八年，准备明年更新，留了名片。"),
    ("hotline", "400 来电：现有设备故障频繁，询问以旧换新和维保政策。"),
    ("hotline", "400 来电：急需{goods}{n}{unit}，问现货和最快到货时间。"),
    ("referral", "老客户介绍，准备添置{goods}{n}{unit}，还没有联系过。"),
    ("tender", "看到采购意向公告，预算约{wan}万元，{when}前可提交参数建议。"),
    ("tender", "招标公告里有{goods}同类项目，需确认是否已有品牌倾向。"),
    ("conference", "学术会议交换名片，提到明年有更新计划，请先发资料。"),
    ("conference", "会后主动询问{goods}的临床数据，希望安排一次线上讲解。"),
    ("", "想了解{goods}的价格和交货期，方便时请回电。"),
];

/// Service cases: category, priority, title, description, resolution.
pub(in crate::demo) const CASES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "repair",
        "urgent",
        "{goods}开机自检不通过",
        "{who}来电：早上开机后停在自检界面，报错代码 E07，已断电重启两次无效。",
        "更换主板电源模块，连续运行两小时正常，{who}签字确认。",
    ),
    (
        "repair",
        "high",
        "{goods}运行中报警",
        "{who}反映运行约半小时后出现高温报警，清理风道后仍复现。",
        "散热风扇老化，已更换并校准温度传感器。",
    ),
    (
        "repair",
        "normal",
        "{goods}打印无输出",
        "{who}说报告打印空白，换过打印纸，未改动设置。",
        "远程重装打印驱动，测试页正常。",
    ),
    (
        "install",
        "normal",
        "{goods}安装验收",
        "设备已到{room}，{who}希望本周内安装并培训两个班次。",
        "安装、电气安全检测和培训完成，验收单已回收。",
    ),
    (
        "training",
        "low",
        "{room}新员工操作培训",
        "{who}提出科室新来三名护士，需要一次现场操作培训。",
        "完成两小时培训，三人考核合格。",
    ),
    (
        "maintenance",
        "normal",
        "{goods}年度保养",
        "按合同进行年度保养，提前与{who}约定停机时间。",
        "更换滤网，完成性能检测，出具保养报告。",
    ),
    ("consumable", "normal", "耗材补货", "{who}报计划，配套耗材库存只够两周。", "已发货，预计两天内送达。"),
    (
        "question",
        "low",
        "{goods}数据导出方法咨询",
        "{who}想把检查数据导出做科研统计，询问支持的格式。",
        "电话指导导出并提醒先去除患者标识。",
    ),
];

/// Complaints: category, severity, channel, title, content, answer.
pub(in crate::demo) const COMPLAINTS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "harassment",
        "medium",
        "phone",
        "反映联系过于频繁",
        "{who}反映一周内接到三位不同销售的电话，内容重复，要求只保留一位联系人。",
        "已核查留痕，确认系分工重叠，今后只由一位负责人联系，并已向{who}致歉。",
    ),
    (
        "privacy",
        "high",
        "email",
        "询问个人信息来源",
        "{who}来信询问手机号从何处取得，要求说明依据，并提供谁查看过的记录。",
        "已出具收集时的告知与同意记录，以及查看记录清单。",
    ),
    (
        "privacy",
        "high",
        "web",
        "要求撤回营销同意",
        "{who}已离开{room}，要求停止联系并删除其手机号和微信号。",
        "已登记撤回并发起删除，删除完成后出具证明。",
    ),
    (
        "service",
        "medium",
        "phone",
        "维修响应超时",
        "{who}反映报修后六小时才有人到场，超过合同约定的四小时。",
        "核实属实，已按合同承担违约责任，并增加备勤人员。",
    ),
    (
        "quality",
        "high",
        "in_person",
        "{goods}反复故障",
        "{who}反映同一故障两个月内出现三次，要求换机。",
        "经技术鉴定同意更换，旧机已收回分析。",
    ),
    (
        "delivery",
        "low",
        "email",
        "耗材到货延误",
        "{who}反映耗材晚到两天，影响{room}排班。",
        "物流改派所致，已改用备用承运商并补偿运费。",
    ),
];
