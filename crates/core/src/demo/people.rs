//! The demo company: its departments and people.

use super::identity::{Slot, name, phone};
use super::random::Random;
use kedun_model::Label;
use std::collections::BTreeSet;

/// A department of the demo company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoDepartment {
    /// A stable key (`east_shanghai`).
    pub key: &'static str,
    /// Its name.
    pub name: Label,
    /// The department above it, as an index into the list; parents come first.
    pub parent: Option<usize>,
}

/// A person of the demo company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// What they sign in with (`zhang.wei`).
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their staff number.
    pub staff_no: String,
    /// Their department, as an index into the company's list.
    pub department: usize,
    /// Their role, by the name the packages give it.
    pub role: &'static str,
    /// What it says on the card.
    pub title: &'static str,
    /// Their mobile number.
    pub phone: String,
    /// Their e-mail address.
    pub email: String,
    /// Whether they are in the published cast, the same under every seed, which guides and tests may name.
    pub cast: bool,
}

/// The demo company. It does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its name.
    pub name: Label,
    /// Its departments, parents first.
    pub departments: Vec<DemoDepartment>,
    /// Its people, the published cast first.
    pub people: Vec<DemoPerson>,
}

/// Fewest people: the published cast, at least one of each role.
pub const FEWEST_PEOPLE: u32 = 16;

const DEPARTMENTS: &[(&str, &str, &str, Option<usize>)] = &[
    ("office", "总经办", "Executive office", None),
    ("east", "华东销售部", "Sales East", Some(0)),
    ("east_shanghai", "上海组", "Shanghai team", Some(1)),
    ("east_jiangzhe", "江浙组", "Jiangsu-Zhejiang team", Some(1)),
    ("south", "华南销售部", "Sales South", Some(0)),
    ("south_guangzhou", "广州组", "Guangzhou team", Some(4)),
    ("south_shenzhen", "深圳组", "Shenzhen team", Some(4)),
    ("service", "客户服务部", "Customer service", Some(0)),
    ("legal", "法务合规部", "Legal and compliance", Some(0)),
    ("it", "信息技术部", "Information technology", Some(0)),
];

/// Departments that look after customers.
const TEAMS: &[&str] = &["east_shanghai", "east_jiangzhe", "south_guangzhou", "south_shenzhen"];

/// People who are the same under every seed: login, name, department, role, title.
const CAST: &[(&str, &str, &str, &str, &str)] = &[
    ("zhang.wei", "张伟", "east_shanghai", "rep", "销售代表"),
    ("li.na", "李娜", "east_jiangzhe", "rep", "销售代表"),
    ("chen.jing", "陈静", "south_guangzhou", "rep", "销售代表"),
    ("huang.lei", "黄磊", "south_shenzhen", "rep", "销售代表"),
    ("sun.yue", "孙悦", "east_shanghai", "intern", "实习生"),
    ("wu.tong", "吴桐", "south_guangzhou", "intern", "实习生"),
    ("wang.jianguo", "王建国", "east", "manager", "华东销售总监"),
    ("liu.fang", "刘芳", "south", "manager", "华南销售总监"),
    ("zhao.qiang", "赵强", "east_shanghai", "manager", "上海组主管"),
    ("lin.tao", "林涛", "south_guangzhou", "manager", "广州组主管"),
    ("zhou.min", "周敏", "service", "manager", "客户服务部主管"),
    ("xu.hui", "徐慧", "service", "service", "客服专员"),
    ("he.zheng", "何正", "legal", "legal", "法务合规专员"),
    ("zheng.kai", "郑凯", "it", "system_admin", "系统管理员"),
    ("feng.an", "冯安", "legal", "security_admin", "安全管理员"),
    ("shen.ming", "沈明", "office", "audit_admin", "审计管理员"),
];

/// The company under a seed, with so many people (never fewer than the cast).
pub(super) fn company(seed: u64, people: u32) -> Company {
    let departments: Vec<DemoDepartment> = DEPARTMENTS
        .iter()
        .map(|(key, zh, en, parent)| DemoDepartment {
            key,
            name: Label { zh: (*zh).to_owned(), en: (*en).to_owned() },
            parent: *parent,
        })
        .collect();
    let mut staff = Staff { seed, departments: &departments, people: Vec::new(), names: BTreeSet::new() };
    for (login, name, department, role, title) in CAST {
        staff.hire((*login).to_owned(), (*name).to_owned(), department, role, title, true);
    }
    let total = people.max(FEWEST_PEOPLE);
    for (role, title, wanted) in staffing(total) {
        let present = staff.people.iter().filter(|p| p.role == role).count() as u32;
        for n in present..wanted {
            staff.hire_somebody(n, role, title);
        }
    }
    let people = staff.people;
    Company {
        name: Label {
            zh: "瑞康联合医疗器械有限公司".to_owned(),
            en: "Ruikang Union Medical Devices Co., Ltd.".to_owned(),
        },
        departments,
        people,
    }
}

/// How many of each role a company of that size has; the three administrators are always one each.
fn staffing(total: u32) -> [(&'static str, &'static str, u32); 5] {
    let intern = (total / 20).max(2);
    let manager = (total / 8).max(5);
    let service = (total / 10).max(1);
    let legal = (total / 20).max(1);
    let rep = total.saturating_sub(intern + manager + service + legal + 3);
    [
        ("rep", "销售代表", rep),
        ("intern", "实习生", intern),
        ("manager", "销售主管", manager),
        ("service", "客服专员", service),
        ("legal", "法务合规专员", legal),
    ]
}

struct Staff<'a> {
    seed: u64,
    departments: &'a [DemoDepartment],
    people: Vec<DemoPerson>,
    names: BTreeSet<String>,
}

impl Staff<'_> {
    fn hire(
        &mut self,
        login: String,
        name: String,
        department: &str,
        role: &'static str,
        title: &'static str,
        cast: bool,
    ) {
        let n = self.people.len() as u32;
        let mut random = Random::new(self.seed, super::stream::PHONE_OF_PERSON, u64::from(n));
        self.names.insert(name.clone());
        self.people.push(DemoPerson {
            email: format!("{login}@ruikang-union.example"),
            login,
            name,
            staff_no: format!("RK{:04}", 1001 + n),
            department: self.departments.iter().position(|d| d.key == department).unwrap_or(0),
            role,
            title,
            phone: phone(&mut random, self.seed, Slot::Person(n)),
            cast,
        });
    }

    fn hire_somebody(&mut self, n: u32, role: &'static str, title: &'static str) {
        let mut random = Random::new(self.seed, super::stream::PERSON, self.people.len() as u64);
        let mut found = name(&mut random);
        // Namesakes happen in large companies, but a small one is easier to tell apart without.
        for _ in 0..20 {
            if !self.names.contains(&found.full) {
                break;
            }
            found = name(&mut random);
        }
        let team = TEAMS.get(n as usize % TEAMS.len()).copied().unwrap_or_default();
        let department = match role {
            "service" => "service",
            "legal" => "legal",
            _ => team,
        };
        let login = self.free_login(&found.pinyin);
        self.hire(login, found.full, department, role, title, false);
    }

    fn free_login(&self, wanted: &str) -> String {
        let taken = |login: &str| self.people.iter().any(|p| p.login == login);
        let mut login = wanted.to_owned();
        let mut n = 2;
        while taken(&login) {
            login = format!("{wanted}{n}");
            n += 1;
        }
        login
    }
}
