// Bull Board for admins, behind the guard of all other routes.
// Decides nothing: what a job is about stands in PostgreSQL.
export { QueueBoardModule } from './queue-board.module.js';
