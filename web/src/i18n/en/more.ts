/** The words of the guardians', administrators' and customers' pages. */
import { admin } from './admin';
import { alerts } from './alerts';
import { desk } from './desk';
import { erasures } from './erasures';
import { guest } from './guest';
import { handovers } from './handovers';
import { help } from './help';
import { insight } from './insight';
import { ledger } from './ledger';
import { proof } from './proof';
import { register } from './register';
import { rights } from './rights';
import { watching } from './watching';

export const more = {
  ...admin,
  ...alerts,
  ...desk,
  ...erasures,
  ...guest,
  ...handovers,
  ...insight,
  ...help,
  ...ledger,
  ...proof,
  ...register,
  ...rights,
  ...watching,
} as const;
