//! Where the customers are, by the sales team that looks after them. Cities and districts exist, streets do not.

/// A city.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::demo) struct Place {
    /// Key of the team's department.
    pub(in crate::demo) team: &'static str,
    /// 省 or 直辖市.
    pub(in crate::demo) province: &'static str,
    /// Full name.
    pub(in crate::demo) city: &'static str,
    /// As said in names.
    pub(in crate::demo) short: &'static str,
    /// 区县 and how names say them.
    pub(in crate::demo) districts: &'static [(&'static str, &'static str)],
}

const fn place(
    team: &'static str,
    province: &'static str,
    city: &'static str,
    short: &'static str,
    districts: &'static [(&'static str, &'static str)],
) -> Place {
    Place { team, province, city, short, districts }
}

/// The cities.
pub(in crate::demo) const PLACES: &[Place] = &[
    place(
        "east_shanghai",
        "上海市",
        "上海市",
        "上海",
        &[
            ("浦东新区", "浦东"),
            ("徐汇区", "徐汇"),
            ("静安区", "静安"),
            ("闵行区", "闵行"),
            ("杨浦区", "杨浦"),
            ("宝山区", "宝山"),
            ("嘉定区", "嘉定"),
            ("松江区", "松江"),
            ("青浦区", "青浦"),
            ("奉贤区", "奉贤"),
            ("金山区", "金山"),
            ("长宁区", "长宁"),
            ("普陀区", "普陀"),
            ("虹口区", "虹口"),
            ("崇明区", "崇明"),
        ],
    ),
    place(
        "east_jiangzhe",
        "江苏省",
        "南京市",
        "南京",
        &[("鼓楼区", "鼓楼"), ("江宁区", "江宁"), ("栖霞区", "栖霞"), ("浦口区", "浦口"), ("六合区", "六合")],
    ),
    place(
        "east_jiangzhe",
        "江苏省",
        "苏州市",
        "苏州",
        &[
            ("姑苏区", "姑苏"),
            ("吴中区", "吴中"),
            ("昆山市", "昆山"),
            ("常熟市", "常熟"),
            ("张家港市", "张家港"),
        ],
    ),
    place(
        "east_jiangzhe",
        "江苏省",
        "无锡市",
        "无锡",
        &[("梁溪区", "梁溪"), ("滨湖区", "滨湖"), ("江阴市", "江阴"), ("宜兴市", "宜兴")],
    ),
    place(
        "east_jiangzhe",
        "江苏省",
        "南通市",
        "南通",
        &[("崇川区", "崇川"), ("通州区", "通州"), ("海安市", "海安"), ("如皋市", "如皋")],
    ),
    place(
        "east_jiangzhe",
        "浙江省",
        "杭州市",
        "杭州",
        &[
            ("西湖区", "西湖"),
            ("拱墅区", "拱墅"),
            ("滨江区", "滨江"),
            ("萧山区", "萧山"),
            ("余杭区", "余杭"),
            ("临平区", "临平"),
        ],
    ),
    place(
        "east_jiangzhe",
        "浙江省",
        "宁波市",
        "宁波",
        &[("海曙区", "海曙"), ("鄞州区", "鄞州"), ("镇海区", "镇海"), ("慈溪市", "慈溪"), ("余姚市", "余姚")],
    ),
    place(
        "east_jiangzhe",
        "浙江省",
        "嘉兴市",
        "嘉兴",
        &[("南湖区", "南湖"), ("秀洲区", "秀洲"), ("海宁市", "海宁"), ("桐乡市", "桐乡")],
    ),
    place(
        "east_jiangzhe",
        "浙江省",
        "绍兴市",
        "绍兴",
        &[("越城区", "越城"), ("柯桥区", "柯桥"), ("诸暨市", "诸暨"), ("上虞区", "上虞")],
    ),
    place(
        "south_guangzhou",
        "广东省",
        "广州市",
        "广州",
        &[
            ("天河区", "天河"),
            ("越秀区", "越秀"),
            ("海珠区", "海珠"),
            ("白云区", "白云"),
            ("番禺区", "番禺"),
            ("黄埔区", "黄埔"),
            ("花都区", "花都"),
            ("增城区", "增城"),
        ],
    ),
    place(
        "south_guangzhou",
        "广东省",
        "佛山市",
        "佛山",
        &[("禅城区", "禅城"), ("南海区", "南海"), ("顺德区", "顺德"), ("三水区", "三水")],
    ),
    place(
        "south_guangzhou",
        "广东省",
        "江门市",
        "江门",
        &[("蓬江区", "蓬江"), ("新会区", "新会"), ("鹤山市", "鹤山"), ("开平市", "开平")],
    ),
    place(
        "south_guangzhou",
        "广东省",
        "清远市",
        "清远",
        &[("清城区", "清城"), ("英德市", "英德"), ("清新区", "清新")],
    ),
    place(
        "south_shenzhen",
        "广东省",
        "深圳市",
        "深圳",
        &[
            ("南山区", "南山"),
            ("福田区", "福田"),
            ("罗湖区", "罗湖"),
            ("宝安区", "宝安"),
            ("龙岗区", "龙岗"),
            ("龙华区", "龙华"),
            ("光明区", "光明"),
            ("坪山区", "坪山"),
        ],
    ),
    place(
        "south_shenzhen",
        "广东省",
        "惠州市",
        "惠州",
        &[("惠城区", "惠城"), ("惠阳区", "惠阳"), ("博罗县", "博罗"), ("惠东县", "惠东")],
    ),
    place(
        "south_shenzhen",
        "广东省",
        "珠海市",
        "珠海",
        &[("香洲区", "香洲"), ("斗门区", "斗门"), ("金湾区", "金湾")],
    ),
    place(
        "south_shenzhen",
        "广东省",
        "汕头市",
        "汕头",
        &[("金平区", "金平"), ("龙湖区", "龙湖"), ("澄海区", "澄海"), ("潮阳区", "潮阳")],
    ),
];

/// Invented streets.
pub(in crate::demo) const STREETS: &[&str] = &[
    "青榆路",
    "澄湖西路",
    "望麓街",
    "槐序大道",
    "听澜路",
    "禾川路",
    "砚山南路",
    "松岚街",
    "云栖里路",
    "枫泾桥路",
    "白芷路",
    "映霞大道",
    "桐荫北路",
    "鹭汀路",
    "杏泉街",
    "竹溪东路",
    "流萤路",
    "拂晓大道",
    "玉衡路",
    "秋实街",
    "知春南路",
    "沐阳路",
    "广济桥路",
    "远岫路",
    "棠梨街",
    "九章路",
    "梧下路",
    "临漪大道",
    "柳堤街",
    "星渚路",
];

/// Parts of an address after the number.
pub(in crate::demo) const BUILDINGS: &[&str] = &[
    "",
    "",
    "",
    " 门诊楼 3 楼",
    " 综合楼 5 楼设备科",
    " 行政楼 2 楼",
    " 2 号楼",
    " 住院部 B 座",
    " A 座 1203 室",
    " 科创园 6 栋",
];
