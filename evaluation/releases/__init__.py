"""From numbers to what people read: releases, their pictures, reports and files."""
