/** What a `ChartFrame` says besides its own title: the kit of `ui` knows no words. */
import { t } from './index';

export const chartWords = () => ({
  asTable: t('chart.as_table'),
  asPicture: t('chart.as_picture'),
  empty: t('chart.empty'),
});
