//! What the company sells, and the institutions that buy it.

/// A product: code, name, model, line, device class, list price in 元, months of warranty, unit.
pub(in crate::demo) type Good =
    (&'static str, &'static str, &'static str, &'static str, &'static str, i64, i64, &'static str);

/// The catalogue.
pub(in crate::demo) const GOODS: &[Good] = &[
    ("RK-US-100", "便携式彩色多普勒超声诊断仪", "SonoRay P1", "ultrasound", "class_2", 268_000, 24, "台"),
    (
        "RK-US-300",
        "全身应用彩色多普勒超声诊断系统",
        "SonoRay X3",
        "ultrasound",
        "class_2",
        1_280_000,
        36,
        "台",
    ),
    ("RK-US-310", "妇产四维彩色超声诊断系统", "SonoRay W4", "ultrasound", "class_2", 1_560_000, 36, "台"),
    ("RK-MO-210", "多参数病人监护仪", "VitaGuard 12", "monitor", "class_2", 32_800, 24, "台"),
    ("RK-MO-220", "中央监护系统（16 床）", "VitaGuard C16", "monitor", "class_2", 186_000, 24, "套"),
    ("RK-AN-500", "麻醉机", "SereneFlow A5", "monitor", "class_3", 398_000, 24, "台"),
    ("RK-VE-600", "有创呼吸机", "AeroLung V6", "ventilator", "class_3", 286_000, 24, "台"),
    ("RK-VE-200", "无创呼吸机", "AeroLung N2", "ventilator", "class_2", 46_800, 24, "台"),
    ("RK-VE-120", "高流量湿化氧疗仪", "AeroLung H1", "ventilator", "class_2", 38_600, 18, "台"),
    ("RK-EN-400", "电子胃肠镜系统", "ClearView G4", "endoscopy", "class_2", 890_000, 24, "套"),
    ("RK-EN-410", "4K 腹腔镜摄像系统", "ClearView L4K", "endoscopy", "class_2", 1_180_000, 24, "套"),
    ("RK-EN-090", "内镜清洗工作站", "ClearView W9", "endoscopy", "class_2", 168_000, 18, "套"),
    ("RK-IV-800", "全自动生化分析仪", "ChemLine 800", "ivd", "class_2", 520_000, 24, "台"),
    ("RK-IV-200", "全自动化学发光免疫分析仪", "LumiLine 200", "ivd", "class_2", 680_000, 24, "台"),
    ("RK-IV-050", "五分类血细胞分析仪", "HemaLine 5", "ivd", "class_2", 158_000, 18, "台"),
    ("RK-SU-700", "超声高频外科集成系统", "SwiftCut 7", "surgical", "class_3", 328_000, 24, "台"),
    ("RK-SU-120", "电动手术床", "SteadyBed E12", "surgical", "class_2", 126_000, 36, "张"),
    ("RK-SU-130", "LED 手术无影灯", "BrightField 700", "surgical", "class_2", 68_000, 36, "套"),
    ("RK-RE-310", "下肢康复训练系统", "StepOn R3", "rehab", "class_2", 436_000, 24, "台"),
    ("RK-RE-110", "超短波治疗仪", "StepOn S1", "rehab", "class_2", 42_000, 18, "台"),
    ("RK-ST-150", "脉动真空压力蒸汽灭菌器", "PureCycle 1.2", "sterilize", "class_2", 368_000, 24, "台"),
    ("RK-ST-060", "过氧化氢低温等离子灭菌器", "PureCycle P60", "sterilize", "class_2", 228_000, 24, "台"),
    ("RK-CO-010", "一次性使用监护电极片（500 片）", "VitaPad 500", "consumable", "class_1", 460, 0, "箱"),
    ("RK-CO-020", "呼吸回路管路套装（20 套）", "AeroKit 20", "consumable", "class_2", 3_200, 0, "箱"),
    ("RK-CO-030", "化学发光检测试剂盒", "LumiKit", "consumable", "class_2", 5_800, 0, "盒"),
];

/// A kind of institution: choice, weight, names after the brand, whether the district is said, word for e-mail
/// domains, beds from and to.
pub(in crate::demo) type Institution =
    (&'static str, u64, &'static [&'static str], bool, &'static str, i64, i64);

/// The institutions.
pub(in crate::demo) const INSTITUTIONS: &[Institution] = &[
    (
        "hospital_3",
        14,
        &["医院", "中心医院", "肿瘤医院", "妇女儿童医院", "骨科医院", "胸科医院"],
        false,
        "hospital",
        600,
        2600,
    ),
    (
        "hospital_2",
        22,
        &["医院", "中医医院", "康复医院", "妇幼保健院", "第二医院"],
        true,
        "hospital",
        150,
        600,
    ),
    (
        "hospital_private",
        18,
        &["眼科医院", "口腔医院", "妇产医院", "康复医院", "国际医院", "骨科医院"],
        true,
        "medical",
        30,
        300,
    ),
    (
        "clinic",
        14,
        &["诊所", "口腔门诊部", "全科诊所", "中医诊所", "儿科诊所", "综合门诊部"],
        true,
        "clinic",
        0,
        0,
    ),
    ("community", 10, &["社区卫生服务中心", "卫生服务站"], true, "health", 0, 60),
    ("checkup", 5, &["体检中心", "健康管理中心"], true, "checkup", 0, 0),
    (
        "distributor",
        14,
        &["医疗器械有限公司", "医疗科技有限公司", "医疗设备有限公司", "供应链管理有限公司"],
        true,
        "trade",
        0,
        0,
    ),
    ("lab", 3, &["医学检验实验室有限公司", "医学检验所"], true, "lab", 0, 0),
];

/// A post: department, position, form of address.
pub(in crate::demo) type Post = (&'static str, &'static str, &'static str);

/// Who uses the goods of a line in a hospital.
pub(in crate::demo) const USERS: &[(&str, Post)] = &[
    ("ultrasound", ("超声科", "主任", "主任")),
    ("ultrasound", ("妇产科", "副主任", "主任")),
    ("monitor", ("重症医学科", "护士长", "护士长")),
    ("monitor", ("麻醉科", "主任", "主任")),
    ("ventilator", ("呼吸内科", "主任", "主任")),
    ("ventilator", ("重症医学科", "主任医师", "主任")),
    ("endoscopy", ("消化内科", "副主任医师", "主任")),
    ("endoscopy", ("内镜中心", "护士长", "护士长")),
    ("ivd", ("检验科", "主任", "主任")),
    ("ivd", ("检验科", "副主任技师", "主任")),
    ("surgical", ("手术室", "护士长", "护士长")),
    ("surgical", ("普外科", "主任", "主任")),
    ("rehab", ("康复科", "主任", "主任")),
    ("sterilize", ("消毒供应中心", "护士长", "护士长")),
    ("consumable", ("护理部", "主任", "主任")),
    ("consumable", ("心内科", "护士长", "护士长")),
];

/// Who decides and pays in a hospital.
pub(in crate::demo) const OFFICES: &[Post] = &[
    ("设备科", "科长", "科长"),
    ("设备科", "副科长", "科长"),
    ("设备科", "工程师", "工"),
    ("采购办", "主任", "主任"),
    ("院办", "副院长", "院长"),
    ("财务科", "科长", "科长"),
];

/// Positions at a clinic or a centre.
pub(in crate::demo) const CLINIC_POSTS: &[Post] = &[
    ("院部", "负责人", "院长"),
    ("诊疗部", "医生", "医生"),
    ("护理部", "护士长", "护士长"),
    ("运营部", "运营经理", "经理"),
    ("检验室", "检验师", "老师"),
    ("采购", "采购主管", "主管"),
];

/// Positions at a company.
pub(in crate::demo) const COMPANY_POSTS: &[Post] = &[
    ("总经办", "总经理", "总"),
    ("采购部", "采购经理", "经理"),
    ("销售部", "销售总监", "总监"),
    ("商务部", "商务专员", "老师"),
    ("财务部", "财务经理", "经理"),
    ("技术部", "技术负责人", "工"),
];

/// Competitors, as invented as the company itself.
pub(in crate::demo) const RIVALS: &[&str] =
    &["迈岭", "联峤", "开立安", "宝睿特", "希诺康", "德普兰", "森川医疗", "奥芮"];
