/** 守护、行政与客户页面的词句。 */
import { admin } from './admin';
import { alerts } from './alerts';
import { approvals } from './approvals';
import { company } from './company';
import { conditions } from './conditions';
import { convert } from './convert';
import { desk } from './desk';
import { erasures } from './erasures';
import { files } from './files';
import { finding } from './finding';
import { guest } from './guest';
import { handovers } from './handovers';
import { help } from './help';
import { insight } from './insight';
import { ledger } from './ledger';
import { objects } from './objects';
import { proof } from './proof';
import { push } from './push';
import { register } from './register';
import { retention } from './retention';
import { rights } from './rights';
import { roles } from './roles';
import { shares } from './shares';
import { spotchecks } from './spotchecks';
import { watching } from './watching';

export const more = {
  ...admin,
  ...alerts,
  ...approvals,
  ...company,
  ...conditions,
  ...convert,
  ...desk,
  ...erasures,
  ...files,
  ...finding,
  ...guest,
  ...handovers,
  ...help,
  ...insight,
  ...ledger,
  ...objects,
  ...proof,
  ...push,
  ...register,
  ...retention,
  ...rights,
  ...roles,
  ...shares,
  ...spotchecks,
  ...watching,
} as const;
