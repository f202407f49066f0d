import { playPieces } from "./seeds.ts";

playPieces(2_000, 10);
