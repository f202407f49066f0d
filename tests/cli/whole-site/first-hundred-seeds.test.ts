import { playPieces } from "./seeds.ts";

playPieces(1_000, 10);
