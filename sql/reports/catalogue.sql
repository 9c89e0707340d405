-- Which views schema report has, and what each answers.
SELECT name, since, columns, answers
FROM report.catalogue
ORDER BY name;
