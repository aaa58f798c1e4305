# RBS is part of Ruby; its command is not in every image.
check() { ruby -rrbs -rrbs/cli -e 'RBS::CLI.new(stdout: $stdout, stderr: $stderr).run(%w[-I sig validate])'; }
