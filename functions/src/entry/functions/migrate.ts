/** The migration of stored documents as a Cloud Run job. */
import '../migrate.ts';
