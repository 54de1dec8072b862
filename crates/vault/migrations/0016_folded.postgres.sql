-- Wrong tries at the code of a copy, over all links of its customer; meaningless for other papers.
ALTER TABLE rights_paper ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
-- The rights under which an export was rendered, as a hash: whoever holds others since does not fetch it any more.
ALTER TABLE export_file ADD COLUMN rights BYTEA;
-- Titles as they are compared (kedun_model::field::fold), for a name is found however its brackets were typed. What is
-- there already is folded as far as SQL can: full-width signs and capitals.
ALTER TABLE record ADD COLUMN folded TEXT;
UPDATE record SET folded = LOWER(TRANSLATE(title, '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　', '!"#$%&''()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\]^_`abcdefghijklmnopqrstuvwxyz{|}~ ')) WHERE title IS NOT NULL;
