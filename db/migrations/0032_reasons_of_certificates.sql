-- A certificate keeps the reason, too, as whoever asked for the erasure wrote it.
update platform.retention
set holds = 'Certificates of erasure: the reason that was given, ids, hashes, dates and counts', why = 'Proof that it was done (GDPR Art. 5(2)); names are in them as hashes alone, unless a reason holds one.'
where name = 'certificates';
