#!/bin/sh
# A sweep in shares, so many at a time on each machine. The same command again runs the shares that failed or were interrupted; each
# goes on from what its directory holds.
#
#   sh gnu-parallel.sh sweep.yaml DIR [shares] [at a time] [machines]
#
# machines: a file of names for ssh, one a line; `:` is this machine, which is the only one by default. All have initsweep, and see the
# sweep and DIR under the same paths.
set -eu
sweep=$1 dir=$2 shares=${3:-8} jobs=${4:-2} machines=${5:-}

mkdir -p "$dir"
seq 0 $((shares - 1)) |
  parallel --quote --jobs "$jobs" --joblog "$dir/joblog" --resume-failed ${machines:+--sshloginfile "$machines" --workdir .} \
    initsweep run "$sweep" --shard "{}/$shares" --out "$dir/share-{}" --threads 1 --quiet
initsweep merge "$dir"/share-* --out "$dir/whole"
