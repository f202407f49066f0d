import { stepOfRole } from "../../protocols/returns/steps.ts";
import { isDoor } from "./doors.ts";
import type { Post } from "./rules.ts";

/** Whether what is read there says anything of returned items. */
export const takesPart = (post: Post): boolean => stepOfRole[post.role] !== undefined || isDoor(post);
