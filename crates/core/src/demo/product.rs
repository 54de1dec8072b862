//! The catalogue.

use super::clock::{DAY, at_work, day};
use super::words::goods::GOODS;
use super::{Demo, Draft, stream};

pub(super) fn products(demo: &Demo) -> Vec<Draft> {
    GOODS.iter().enumerate().map(|(n, good)| product(demo, n, good)).collect()
}

fn product(demo: &Demo, n: usize, good: &super::words::goods::Good) -> Draft {
    let (code, name, model, line, class, yuan, warranty, unit) = *good;
    let mut random = demo.random(stream::PRODUCT, n as u32);
    let now = demo.settings().now;
    let days = random.between(520, 540);
    let at = at_work(&mut random, now - days * DAY);
    let mut draft = Draft {
        object: "product",
        owner: None,
        department: 0,
        author: demo.login(demo.company().people.iter().position(|p| p.role == "manager").unwrap_or(0)),
        pooled: false,
        parent: None,
        links: Vec::new(),
        fields: serde_json::Map::new(),
        created_at: at,
        updated_at: at,
    };
    let price = yuan * 100;
    // Class I devices are filed, the others registered; the numbers have the right shape and are invented.
    let registration = match class {
        "class_1" => format!("沪械备{}{:04}", 2021 + n % 4, 9000 + n),
        "class_3" => format!("国械注准{}308{}", 2021 + n % 4, 9900 + n),
        _ => format!("沪械注准{}206{}", 2021 + n % 4, 9900 + n),
    };
    draft
        .set("name", name)
        .set("code", code)
        .set("model", model)
        .set("line", line)
        .set("device_class", class)
        .set("registration", registration)
        .set("registration_until", day(now + random.between(60, 1500) * DAY))
        .set("unit", unit)
        .set("list_price", price)
        .set("floor_price", price * random.between(68, 82) / 100)
        .set("warranty_months", warranty)
        .set("status", if n % 11 == 10 { "preparing" } else { "on_sale" });
    draft
}
